"""English for the headline, for each sentence of the summary, and for the body where asked for.

Every piece of source text is asked for, looked at, and where the answer is broken (cut off, looping, far too
short, empty) asked for once more with safer decoding; the better of the two stays, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.base import Decoding, Generation, Prompt, Request
from pipeline.article import Article, Choice, Field, Finding, Kind, Severity, Translation
from pipeline.faults import find_loop, is_short
from pipeline.rerank import RERANKERS
from pipeline.steps import Context
from pipeline.textsplit import split_to_fit

SAFER_BEAMS = 4
SAFER_NGRAM = 4
"""Of a second try: more hypotheses, and no run of four tokens twice."""


@dataclass
class _Piece:
    """A text that goes to the model as one input, and what came of it."""

    text: str
    hard_cut: bool = False
    taken: Generation | None = None
    candidates: Sequence[Generation] = ()
    worths: Sequence[float] = ()
    retried: bool = False


@dataclass
class _Job:
    """One Thai text to translate; longer than the model takes, it goes in pieces."""

    article: int
    where: Field
    index: int | None
    th: str
    pieces: list[_Piece]
    tokens: int = field(default=0)

    @property
    def english(self) -> str:
        return " ".join(p.taken.text for p in self.pieces if p.taken and p.taken.text)


def run(articles: list[Article], context: Context) -> list[Article]:
    """Translate a batch; all segments of all articles go to the model together."""
    translate_first = context.config.order == "translate-first"
    scope = "article" if translate_first else context.config.translate.scope
    jobs: list[_Job] = []
    for number, article in enumerate(articles):
        if article.title:
            jobs.append(_job(number, Field.TITLE_EN, None, article.title, context))
        for index, sentence in enumerate(() if translate_first else article.summary_th):
            jobs.append(_job(number, Field.SUMMARY_EN, index, sentence, context))
        if scope in ("article", "both"):
            for index, segment in enumerate(article.sentences):
                jobs.append(_job(number, Field.BODY, index, segment.text, context))
    work = [(job, piece) for job in jobs for piece in job.pieces]
    _ask(work, context, safer=False)
    broken = [(job, piece) for job, piece in work if _faults(piece.text, piece.taken)]
    if broken and _safer(context.config.translate.decoding()) != context.config.translate.decoding():
        _ask(broken, context, safer=True)
    by_article: list[list[_Job]] = [[] for _ in articles]
    for job in jobs:
        by_article[job.article].append(job)
    return [_finish(article, done) for article, done in zip(articles, by_article, strict=True)]


def _job(article: int, field_: Field, index: int | None, text: str, context: Context) -> _Job:
    model = context.translator
    room = model.room(_request(field_, "", context))
    pieces, hard = split_to_fit(text, model.count_tokens, room)
    return _Job(article, field_, index, text, [_Piece(p, hard) for p in pieces])


def _request(field_: Field, text: str, context: Context, *, safer: bool = False) -> Request:
    headline = field_ is Field.TITLE_EN
    prompt: Prompt | None = context.headline_prompt if headline else context.translate_prompt
    config = context.config.translate
    decoding = config.decoding(config.headline_max_new_tokens if headline else None)
    if safer:
        decoding = _safer(decoding)
    return Request("headline" if headline else "translate", text, prompt=prompt, decoding=decoding)


def _safer(decoding: Decoding) -> Decoding:
    return replace(
        decoding, num_beams=max(decoding.num_beams, SAFER_BEAMS),
        no_repeat_ngram_size=decoding.no_repeat_ngram_size or SAFER_NGRAM,
    )  # fmt: skip


def _ask(work: Sequence[tuple[_Job, _Piece]], context: Context, *, safer: bool) -> None:
    """Give every piece its translation; in a second round, only where that has fewer faults."""
    answers = context.translator.generate([_request(j.where, p.text, context, safer=safer) for j, p in work])
    worths = RERANKERS[context.config.translate.rerank]([p.text for _, p in work], answers)
    for (job, piece), candidates, worth in zip(work, answers, worths, strict=True):
        best = max(range(len(candidates)), key=worth.__getitem__)
        job.tokens += sum(c.tokens for c in candidates)
        piece.retried = safer
        if piece.taken is None or _faults(piece.text, candidates[best]) < _faults(piece.text, piece.taken):
            piece.taken, piece.candidates, piece.worths = candidates[best], candidates, worth


def _faults(source: str, answer: Generation | None) -> int:
    """How many signs of a broken answer there are; 0 is none."""
    if answer is None:
        return 0
    return (answer.finish_reason != "stop") + bool(find_loop(answer.text)) + is_short(source, answer.text)


def _finish(article: Article, jobs: list[_Job]) -> Article:
    english = {(job.where, job.index): job.english for job in jobs}
    article = replace(
        article,
        title_en=english.get((Field.TITLE_EN, None), ""),
        summary_en=tuple(job.english for job in jobs if job.where is Field.SUMMARY_EN),
        body=tuple(Translation(job.th, english[job.where, job.index]) for job in jobs if job.where is Field.BODY),
        choices=tuple(_choice(job, piece) for job in jobs for piece in job.pieces if len(piece.candidates) > 1),
        tokens_generated=article.tokens_generated + sum(job.tokens for job in jobs),
    )
    return article.with_findings(*(f for job in jobs for f in _findings(job)))


def _findings(job: _Job) -> list[Finding]:
    found: list[Finding] = []

    def note(kind: Kind, severity: Severity, message: str) -> None:
        found.append(Finding(kind, severity, job.where, job.index, message))

    taken = [(piece, piece.taken) for piece in job.pieces if piece.taken]
    if any(piece.hard_cut for piece in job.pieces):
        note(Kind.HARD_SPLIT, Severity.WARNING, "The Thai has no space where it had to be cut to fit the model.")
    if any(piece.retried for piece in job.pieces):
        message = "The first translation was broken, so it was made again with safer decoding."
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


def _choice(job: _Job, piece: _Piece) -> Choice:
    return Choice(
        job.where, job.index, piece.text, tuple(c.text for c in piece.candidates),
        tuple(c.score for c in piece.candidates), tuple(round(w, 4) for w in piece.worths),
        next(n for n, c in enumerate(piece.candidates) if c is piece.taken),
    )  # fmt: skip
