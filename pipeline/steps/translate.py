"""English for the headline, for each sentence of the summary, and for the body where asked for.

Every piece of source text is asked for and looked at. Where the answer is broken (cut off, looping, far too short,
empty) it is asked for once more with safer decoding. Where the config chooses by facts, an answer with wrong numbers,
dates or names is also asked for without the names that guide the translator, and clause by clause. The best of all
candidates stays, and a finding says so. What cannot be used at all is replaced by the Thai, marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.base import Decoding, FinishReason, Generation, Prompt, Request
from pipeline import thai, verify
from pipeline.article import Article, Choice, Field, Finding, Kind, Severity, Translation
from pipeline.faults import find_loop, is_short
from pipeline.rerank import RERANKERS
from pipeline.steps import Context
from pipeline.textsplit import split_to_fit
from pipeline.verify import Place

SAFER_BEAMS = 4
SAFER_NGRAM = 4
"""Of a second try: more hypotheses, and no run of four tokens twice."""
UNUSABLE = (Kind.EMPTY_OUTPUT, Kind.LOOPING_OUTPUT, Kind.WRONG_LANGUAGE)
MOSTLY = 0.5
"""Of an English text's letters that are Thai, from which on it is no translation; fewer are marked only."""
CLAUSE = 30
"""Characters from which on a stretch between spaces is asked for as a clause of its own."""


@dataclass
class _Piece:
    """A text that goes to the model as one input, and what came of it. `asked` is what the model was given."""

    text: str
    asked: str
    hard_cut: bool = False
    taken: Generation | None = None
    candidates: Sequence[Generation] = ()
    worths: Sequence[float] = ()
    retried: bool = False


@dataclass
class _Job:
    """One Thai text to translate; longer than the model takes, it goes in pieces. `known` is the whole article."""

    article: int
    where: Field
    index: int | None
    th: str
    known: str
    pieces: list[_Piece]
    tokens: int = field(default=0)

    @property
    def english(self) -> str:
        return " ".join(p.taken.text for p in self.pieces if p.taken and p.taken.text)


_Work = list[tuple[_Job, _Piece]]


def run(articles: list[Article], context: Context) -> list[Article]:
    """Translate a batch; all segments of all articles go to the model together."""
    translate_first = context.config.order == "translate-first"
    scope = "article" if translate_first else context.config.translate.scope
    jobs: list[_Job] = []
    for number, article in enumerate(articles):
        known = article.known_text
        if article.title:
            jobs.append(_job(number, Field.TITLE_EN, None, article.title, known, context))
        for index, sentence in enumerate(() if translate_first else article.summary_th):
            jobs.append(_job(number, Field.SUMMARY_EN, index, sentence, known, context))
        if scope in ("article", "both"):
            for index, segment in enumerate(article.sentences):
                jobs.append(_job(number, Field.BODY, index, segment.text, known, context))
    work = [(job, piece) for job in jobs for piece in job.pieces]
    _ask(work, context, context.config.translate.decoding())
    _ask_again(work, context)
    by_article: list[list[_Job]] = [[] for _ in articles]
    for job in jobs:
        by_article[job.article].append(job)
    return [_finish(article, done) for article, done in zip(articles, by_article, strict=True)]


def _job(article: int, where: Field, index: int | None, text: str, known: str, context: Context) -> _Job:
    model = context.translator
    room = model.room(_request(where, "", context, context.config.translate.decoding()))
    pieces, hard = split_to_fit(text, model.count_tokens, room)
    return _Job(article, where, index, text, known, [_Piece(p, _guided(p, context, room), hard) for p in pieces])


def _guided(text: str, context: Context, room: int) -> str:
    """The text as the model is given it: with its official names in English, if the config guides and if it fits."""
    if context.config.translate.guide == "none":
        return text
    guided = context.glossary.written_in(text)
    return guided if context.translator.count_tokens(guided) <= room else text


def _request(where: Field, text: str, context: Context, decoding: Decoding) -> Request:
    headline = where is Field.TITLE_EN
    prompt: Prompt | None = context.headline_prompt if headline else context.translate_prompt
    config = context.config.translate
    if headline and config.headline_max_new_tokens:
        decoding = replace(decoding, max_new_tokens=config.headline_max_new_tokens)
    return Request("headline" if headline else "translate", text, prompt=prompt, decoding=decoding)


def _safer(decoding: Decoding) -> Decoding:
    return replace(
        decoding, num_beams=max(decoding.num_beams, SAFER_BEAMS),
        no_repeat_ngram_size=decoding.no_repeat_ngram_size or SAFER_NGRAM,
    )  # fmt: skip


def _ask(work: _Work, context: Context, decoding: Decoding) -> None:
    """Ask for every piece as it is guided."""
    asked = [piece.asked for _, piece in work]
    requests = [_request(job.where, text, context, decoding) for (job, _), text in zip(work, asked, strict=True)]
    _take_best(work, asked, context.translator.generate(requests), context, again=False)


def _ask_again(work: _Work, context: Context) -> None:
    """Second tries, each only for what is still broken or wrong."""
    decoding, config = context.config.translate.decoding(), context.config.translate
    broken = [(job, piece) for job, piece in work if piece.taken and _broken(piece.text, piece.taken)]
    if broken and _safer(decoding) != decoding:
        asked = [piece.asked for _, piece in broken]
        requests = [_request(job.where, piece.asked, context, _safer(decoding)) for job, piece in broken]
        _take_best(broken, asked, context.translator.generate(requests), context, again=True)
    if config.rerank == "score":
        return
    plain = [(job, piece) for job, piece in _wrong(work, context) if piece.asked != piece.text]
    if plain:
        requests = [_request(job.where, piece.text, context, decoding) for job, piece in plain]
        _take_best(
            plain, [piece.text for _, piece in plain], context.translator.generate(requests), context, again=True
        )
    room = context.translator.room(_request(Field.BODY, "", context, decoding))
    split = [
        (job, piece, [_guided(clause, context, room) for clause in clauses])
        for job, piece in _wrong(work, context) if len(clauses := _clauses(piece.text)) > 1
    ]  # fmt: skip
    if split:
        requests = [_request(Field.BODY, clause, context, decoding) for *_, clauses in split for clause in clauses]
        answers = iter(context.translator.generate(requests))
        joined = [[_joined([next(answers)[0] for _ in clauses])] for *_, clauses in split]
        asked = [" | ".join(clauses) for *_, clauses in split]
        _take_best([(job, piece) for job, piece, _ in split], asked, joined, context, again=True)


def _wrong(work: _Work, context: Context) -> _Work:
    return [(job, piece) for job, piece in work if piece.taken and _faults(job, piece, piece.taken, context) >= 1]


def _take_best(
    work: _Work, asked: list[str], answers: list[list[Generation]], context: Context, *, again: bool
) -> None:
    """The best candidate of each piece; in a second try only where it has fewer faults than what is there."""
    worths = RERANKERS[context.config.translate.rerank](
        [piece.text for _, piece in work], answers,
        lambda n, candidate: _faults(work[n][0], work[n][1], candidate, context),
    )  # fmt: skip
    for (job, piece), text, candidates, worth in zip(work, asked, answers, worths, strict=True):
        best = candidates[max(range(len(candidates)), key=worth.__getitem__)]
        job.tokens += sum(c.tokens for c in candidates)
        if piece.taken is None or _faults(job, piece, best, context) < _faults(job, piece, piece.taken, context):
            piece.taken, piece.candidates, piece.worths, piece.asked = best, candidates, worth, text
        piece.retried = piece.retried or again


def _clauses(text: str) -> list[str]:
    """Stretches between spaces, short ones with the one before, and no figure apart from what it counts."""
    clauses: list[str] = []
    for stretch in text.split():
        figure = stretch[:1].isdigit() or (clauses and clauses[-1][-1:].isdigit())
        if clauses and (figure or len(clauses[-1]) < CLAUSE or len(stretch) < CLAUSE):
            clauses[-1] += f" {stretch}"
        else:
            clauses.append(stretch)
    return clauses


def _joined(answers: list[Generation]) -> Generation:
    """Clauses that were translated apart, as one sentence."""
    texts = [a.text.strip() for a in answers]
    text = ", ".join(t.rstrip(".") for t in texts if t)
    ends: FinishReason = next((a.finish_reason for a in answers if a.finish_reason != "stop"), "stop")
    end = "." if texts[-1].endswith(".") else ""
    return Generation(f"{text}{end}", ends, None, sum(a.tokens for a in answers), sum(a.unknown for a in answers))


def _broken(source: str, answer: Generation) -> int:
    """How many signs of a broken answer there are; 0 is none."""
    return (answer.finish_reason != "stop") + bool(find_loop(answer.text)) + is_short(source, answer.text)


def _faults(job: _Job, piece: _Piece, answer: Generation, context: Context) -> float:
    """What is wrong with an answer: 1 for each sign of breakage and each error, a half for each warning."""
    signs = float(_broken(piece.text, answer))
    if context.config.translate.rerank == "score":
        return signs
    place = Place(job.where, job.index)
    found = verify.translation(piece.text, answer.text, context.glossary, place, job.known)
    return signs + sum(1.0 if f.severity is Severity.ERROR else 0.5 for f in found)


def _finish(article: Article, jobs: list[_Job]) -> Article:
    unusable = {id(job): why for job in jobs if (why := _unusable(job)) is not None}
    english = {
        (job.where, job.index): f"{verify.NOT_TRANSLATED} {job.th}" if id(job) in unusable else job.english
        for job in jobs
    }
    article = replace(
        article,
        title_en=english.get((Field.TITLE_EN, None), ""),
        summary_en=tuple(english[job.where, job.index] for job in jobs if job.where is Field.SUMMARY_EN),
        body=tuple(Translation(job.th, english[job.where, job.index]) for job in jobs if job.where is Field.BODY),
        choices=tuple(_choice(job, piece) for job in jobs for piece in job.pieces if _is_choice(piece)),
        tokens_generated=article.tokens_generated + sum(job.tokens for job in jobs),
    )
    return article.with_findings(*(f for job in jobs for f in _findings(job, unusable.get(id(job)))))


def _unusable(job: _Job) -> Finding | None:
    """Why no candidate can stand in a brief: nothing, a loop, or not English."""
    found = verify.translation(job.th, job.english, None, Place(job.where, job.index))
    half_thai = thai.thai_share(job.english) < MOSTLY and job.english.strip()
    return next((f for f in found if f.kind in UNUSABLE and not (f.kind is Kind.WRONG_LANGUAGE and half_thai)), None)


def _findings(job: _Job, unusable: Finding | None) -> list[Finding]:
    found: list[Finding] = [unusable] if unusable else []

    def note(kind: Kind, severity: Severity, message: str) -> None:
        found.append(Finding(kind, severity, job.where, job.index, message))

    if unusable is not None:
        message = f"The Thai stands in the place of its translation. The model gave: “{job.english}”"
        note(Kind.EXTRACTIVE_FALLBACK, Severity.WARNING, message)
    taken = [(piece, piece.taken) for piece in job.pieces if piece.taken]
    if any(piece.hard_cut for piece in job.pieces):
        note(Kind.HARD_SPLIT, Severity.WARNING, "The Thai has no space where it had to be cut to fit the model.")
    if any(piece.retried for piece in job.pieces):
        message = "The first translation was broken or had other facts than the Thai, so it was made again."
        note(Kind.RETRIED, Severity.INFO, message)
    if any(answer.finish_reason == "length" for _, answer in taken):
        message = "The model stopped at its length limit, so the translation is not complete."
        note(Kind.UNFINISHED_OUTPUT, Severity.WARNING, message)
    if unknown := sum(answer.unknown for _, answer in taken):
        message = f"The model has no word for {unknown} place(s) of the Thai or the English; they are left out."
        note(Kind.UNKNOWN_WORDS, Severity.WARNING, message)
    # `check` sees the joined text, in which a lost part of several does not show.
    for piece, answer in taken if len(taken) > 1 else ():
        if not answer.text:
            note(Kind.EMPTY_OUTPUT, Severity.ERROR, f"This part of the Thai was not translated: “{piece.text}”")
        elif is_short(piece.text, answer.text):
            message = f"The translation of this part is much shorter than the Thai: “{piece.text}”"
            note(Kind.SHORT_OUTPUT, Severity.WARNING, message)
    return found


def _is_choice(piece: _Piece) -> bool:
    return len(piece.candidates) > 1 or piece.asked != piece.text


def _choice(job: _Job, piece: _Piece) -> Choice:
    return Choice(
        job.where, job.index, piece.text, tuple(c.text for c in piece.candidates),
        tuple(c.score for c in piece.candidates), tuple(round(w, 4) for w in piece.worths),
        next(n for n, c in enumerate(piece.candidates) if c is piece.taken), piece.asked,
    )  # fmt: skip
