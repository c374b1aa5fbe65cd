"""Tiny encoder-decoder models of each real architecture, with sentencepiece tokenizers trained on the spot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

AGENCIES = [
    ("กระทรวงการคลัง", "The Ministry of Finance", "Le ministère des Finances"),
    ("กระทรวงสาธารณสุข", "The Ministry of Public Health", "Le ministère de la Santé publique"),
    ("กรมอุตุนิยมวิทยา", "The Meteorological Department", "Le service météorologique"),
    ("กรมทางหลวง", "The Department of Highways", "La direction des routes"),
    ("นายกรัฐมนตรี", "The Prime Minister", "Le Premier ministre"),
    ("ธนาคารแห่งประเทศไทย", "The Bank of Thailand", "La Banque de Thaïlande"),
    ("สภาผู้แทนราษฎร", "The House of Representatives", "La Chambre des représentants"),
    ("ผู้ว่าราชการจังหวัด", "The provincial governor", "Le gouverneur de la province"),
    ("กองทัพเรือ", "The Royal Thai Navy", "La Marine royale thaïlandaise"),
    ("ศาลปกครอง", "The Administrative Court", "Le tribunal administratif"),
]
ACTIONS = [
    ("เปิดสะพานแห่งใหม่ในจังหวัดเลย", "opened a new bridge in Loei.", "a ouvert un nouveau pont à Loei."),
    ("เตือนประชาชนเรื่องพายุฝนในภาคใต้", "warned the public of rainstorms.", "a mis en garde contre les orages."),
    ("แถลงตัวเลขส่งออกเดือนมีนาคม", "announced the export figures for March.", "a publié les exportations de mars."),
    ("ลงนามความตกลงกับประเทศญี่ปุ่น", "signed an agreement with Japan.", "a signé un accord avec le Japon."),
    ("แจกหน้ากากอนามัยให้โรงเรียน", "gave face masks to schools.", "a donné des masques aux écoles."),
    ("ลดภาษีรถยนต์ไฟฟ้าลงครึ่งหนึ่ง", "cut the tax on electric cars by half.", "a réduit la taxe de moitié."),
    ("ซ่อมถนนที่เสียหายจากน้ำท่วม", "repaired roads damaged by floods.", "a réparé les routes inondées."),
    ("ตั้งคณะกรรมการสอบสวนเหตุไฟไหม้", "set up a committee on the fire.", "a créé un comité sur l'incendie."),
    ("ขอให้ชาวนาประหยัดน้ำ", "asked rice farmers to save water.", "a demandé d'économiser l'eau."),
    ("ต้อนรับนักท่องเที่ยวคนแรกของปี", "welcomed the first tourist of the year.", "a accueilli le premier touriste."),
]
PAIRS = [(f"{who}{what}", f"{subject} {predicate}") for who, subject, _ in AGENCIES for what, predicate, _ in ACTIONS]
"""A hundred sentence pairs, Thai and English: who does what has to be read from the source."""
FRENCH = [f"{subject} {predicate}" for _, _, subject in AGENCIES for _, _, predicate in ACTIONS]
"""The same in French: what a wrong language token must not give."""


def sentencepiece(folder: Path, name: str, model_type: str, size: int = 700, **options: Any) -> Path:
    """Train a sentencepiece model on the pairs; returns NAME.model."""
    import sentencepiece as spm

    corpus = folder / f"{name}.corpus"
    lines = [line for pair in PAIRS for line in pair] + FRENCH + ["summarize: translate Thai to English: 0123456789,%"]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    spm.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / name), vocab_size=size, model_type=model_type,
        character_coverage=1.0, hard_vocab_limit=False, minloglevel=2, num_threads=1, **options,
    )  # fmt: skip
    corpus.unlink()
    (folder / f"{name}.vocab").unlink()
    return folder / f"{name}.model"


def _tokenizer_nllb(folder: Path) -> None:
    sentencepiece(folder, "sentencepiece.bpe", "bpe", 700)
    # As in the hub's repository: the language codes stand in the tokenizer's config.
    _config(folder, "NllbTokenizer", additional_special_tokens=["tha_Thai", "eng_Latn", "fra_Latn"])


def _tokenizer_m2m100(folder: Path) -> None:
    import sentencepiece as spm

    model = sentencepiece(folder, "sentencepiece.bpe", "bpe", 700)
    processor = spm.SentencePieceProcessor(model_file=str(model))
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *(processor.id_to_piece(n) for n in range(3, processor.vocab_size()))]
    (folder / "vocab.json").write_text(json.dumps({piece: n for n, piece in enumerate(pieces)}), encoding="utf-8")
    _config(folder, "M2M100Tokenizer")


def _tokenizer_mbart50(folder: Path) -> None:
    sentencepiece(folder, "sentencepiece.bpe", "unigram")
    _config(folder, "MBart50Tokenizer")


def _tokenizer_marian(folder: Path) -> None:
    import sentencepiece as spm

    pieces: list[str] = ["</s>", "<unk>"]
    for name in ("source", "target"):
        model = sentencepiece(folder, name, "bpe")
        processor = spm.SentencePieceProcessor(model_file=str(model))
        pieces += [p for n in range(3, processor.vocab_size()) if (p := processor.id_to_piece(n)) not in pieces]
        model.rename(folder / f"{name}.spm")
    pieces.append("<pad>")  # the last piece, as Marian's conversion puts it
    (folder / "vocab.json").write_text(json.dumps({piece: n for n, piece in enumerate(pieces)}), encoding="utf-8")
    _config(folder, "MarianTokenizer", source_lang="th", target_lang="en")


def _tokenizer_t5(folder: Path) -> None:
    sentencepiece(folder, "spiece", "bpe", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    _config(folder, "T5Tokenizer")


def _tokenizer_pegasus(folder: Path) -> None:
    sentencepiece(folder, "spiece", "bpe", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    _config(folder, "PegasusTokenizer")


def _tokenizer_bart(folder: Path) -> None:
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(
        [line for pair in PAIRS for line in pair], vocab_size=500, show_progress=False,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
    )  # fmt: skip
    tokenizer.save_model(str(folder))
    _config(folder, "BartTokenizer")


def _config(folder: Path, tokenizer_class: str, **more: Any) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": tokenizer_class, **more}))


_BART = dict(
    d_model=64, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
    encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=1024, init_std=0.1, dropout=0.0,
    attention_dropout=0.0, activation_dropout=0.0,
)  # fmt: skip
_T5 = dict(
    d_model=64, d_kv=16, d_ff=128, num_layers=2, num_decoder_layers=2, num_heads=4, dropout_rate=0.0,
    decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
)  # fmt: skip
_TOKENIZERS: dict[str, Callable[[Path], None]] = {
    "nllb": _tokenizer_nllb, "m2m100": _tokenizer_m2m100, "mbart50": _tokenizer_mbart50, "marian": _tokenizer_marian,
    "mt5": _tokenizer_t5, "t5": _tokenizer_t5, "pegasus": _tokenizer_pegasus, "bart": _tokenizer_bart,
}  # fmt: skip
FAMILIES = tuple(_TOKENIZERS)


def save_tiny(family: str, folder: Path, seed: int = 0, *, untied: bool = False, spread: bool = True) -> Any:
    """Save a tiny model of a family and its tokenizer as a hub repository has them; returns the model.

    `untied` gives a T5 an output layer of its own, as mT5 and T5 v1.1 have on the hub. `spread` makes the random
    weights so large that every source gets another answer; for training they are to be small.
    """
    import torch
    import transformers as t

    folder.mkdir(parents=True, exist_ok=True)
    _TOKENIZERS[family](folder)
    # AutoTokenizer asks config.json for the family first.
    config_types = {"nllb": "m2m_100", "m2m100": "m2m_100", "mbart50": "mbart"}
    (folder / "config.json").write_text(json.dumps({"model_type": config_types.get(family, family)}))
    tokenizer = t.AutoTokenizer.from_pretrained(folder)
    languages = getattr(tokenizer, "lang_token_to_id", {})  # M2M100 keeps them beside its vocabulary
    size = max(len(tokenizer), *(i + 1 for i in (*tokenizer.get_vocab().values(), *languages.values())))
    ids = dict(bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2)
    torch.manual_seed(seed)
    if family in ("nllb", "m2m100"):
        model = t.M2M100ForConditionalGeneration(
            t.M2M100Config(vocab_size=size + 8, scale_embedding=True, **_BART, **ids)
        )
    elif family == "mbart50":
        model = t.MBartForConditionalGeneration(
            t.MBartConfig(
                vocab_size=size,
                scale_embedding=True,
                tokenizer_class="MBart50Tokenizer",
                normalize_before=True,
                normalize_embedding=True,
                **_BART,
                **ids,
            )
        )
    elif family == "marian":
        pad, eos = tokenizer.pad_token_id, tokenizer.eos_token_id
        model = t.MarianMTModel(t.MarianConfig(
            vocab_size=size, scale_embedding=True, pad_token_id=pad, eos_token_id=eos, decoder_start_token_id=pad,
            forced_eos_token_id=None, decoder_vocab_size=size, **_BART,
        ))  # fmt: skip
        model.generation_config.bad_words_ids = [[pad]]
    elif family in ("mt5", "t5"):
        kind = "gated-gelu" if family == "mt5" else "relu"
        cls, config = (
            (t.MT5ForConditionalGeneration, t.MT5Config)
            if family == "mt5"
            else (t.T5ForConditionalGeneration, t.T5Config)
        )
        model = cls(config(vocab_size=size, feed_forward_proj=kind, tie_word_embeddings=not untied, **_T5))
        if untied:
            model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight) / 8)
    elif family == "pegasus":
        model = t.PegasusForConditionalGeneration(
            t.PegasusConfig(
                vocab_size=size,
                scale_embedding=True,
                pad_token_id=0,
                eos_token_id=1,
                decoder_start_token_id=0,
                normalize_before=True,
                normalize_embedding=False,
                **_BART,
            )
        )
    else:
        model = t.BartForConditionalGeneration(t.BartConfig(vocab_size=size, forced_eos_token_id=None, **_BART, **ids))
    if spread:
        for weight in model.parameters():
            if weight.dim() == 2:
                torch.nn.init.normal_(weight, std=0.5)
        model.get_input_embeddings().weight.data[size:] = 0  # rows without a token, as M2M100 has
    if family == "marian":  # real ones start with nothing
        model.get_input_embeddings().weight.data[tokenizer.pad_token_id] = 0
    model.eval().save_pretrained(folder)
    if untied:  # transformers 5 does not write it
        config_file = folder / "config.json"
        config_file.write_text(json.dumps(json.loads(config_file.read_text()) | {"tie_word_embeddings": False}))
    return model
