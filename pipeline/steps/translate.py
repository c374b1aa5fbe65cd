"""English for the headline, for each sentence of the summary, and for the body where asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.base import Prompt, Request
from pipeline.article import Article, Field, Finding, Kind, Severity, Translation
from pipeline.steps import Context
from pipeline.textsplit import split_to_fit


@dataclass
class _Job:
    """One Thai text to translate; longer than the model takes, it goes in pieces."""

    article: int
    where: Field
    index: int | None
    th: str
    pieces: list[str]
    english: list[str] = field(default_factory=list)
    unfinished: bool = False


def run(articles: list[Article], context: Context) -> list[Article]:
    """Translate a batch; all segments of all articles go to the model together."""
    scope = context.config.translate.scope
    jobs: list[_Job] = []
    for number, article in enumerate(articles):
        if article.title:
            jobs.append(_job(number, Field.TITLE_EN, None, article.title, context))
        for index, sentence in enumerate(article.summary_th):
            jobs.append(_job(number, Field.SUMMARY_EN, index, sentence, context))
        if scope in ("article", "both"):
            for index, segment in enumerate(article.sentences):
                jobs.append(_job(number, Field.BODY, index, segment.text, context))
    tokens = _translate(jobs, context, len(articles))
    by_article: list[list[_Job]] = [[] for _ in articles]
    for job in jobs:
        by_article[job.article].append(job)
    return [_finish(article, done, spent) for article, done, spent in zip(articles, by_article, tokens, strict=True)]


def _job(article: int, field_: Field, index: int | None, text: str, context: Context) -> _Job:
    model = context.translator
    room = model.room(_request(field_, "", context))
    return _Job(article, field_, index, text, split_to_fit(text, model.count_tokens, room)[0])


def _request(field_: Field, text: str, context: Context) -> Request:
    headline = field_ is Field.TITLE_EN
    prompt: Prompt | None = context.headline_prompt if headline else context.translate_prompt
    config = context.config.translate
    decoding = config.decoding(config.headline_max_new_tokens if headline else None)
    return Request("headline" if headline else "translate", text, prompt=prompt, decoding=decoding)


def _translate(jobs: Sequence[_Job], context: Context, articles: int) -> list[int]:
    """Fill in every job's English; returns the tokens generated for each article."""
    owners = [job for job in jobs for _ in job.pieces]
    requests = [_request(job.where, piece, context) for job in jobs for piece in job.pieces]
    tokens = [0] * articles
    for job, candidates in zip(owners, context.translator.generate(requests), strict=True):
        best = candidates[0]
        job.english.append(best.text)
        job.unfinished |= best.finish_reason == "length"
        tokens[job.article] += best.tokens
    return tokens


def _finish(article: Article, jobs: list[_Job], tokens: int) -> Article:
    english = {(job.where, job.index): " ".join(filter(None, job.english)) for job in jobs}
    message = "The model stopped at its length limit, so the translation is not complete."
    findings = [
        Finding(Kind.UNFINISHED_OUTPUT, Severity.WARNING, job.where, job.index, message)
        for job in jobs if job.unfinished
    ]  # fmt: skip
    return replace(
        article,
        title_en=english.get((Field.TITLE_EN, None), ""),
        summary_en=tuple(english[Field.SUMMARY_EN, n] for n in range(len(article.summary_th))),
        body=tuple(Translation(job.th, english[job.where, job.index]) for job in jobs if job.where is Field.BODY),
        tokens_generated=article.tokens_generated + tokens,
    ).with_findings(*findings)
