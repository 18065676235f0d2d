"""The quiz of a rater: one example after the other, each with what is right after the answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from labeling.rating.quiz_desk import quiz_desk, quiz_submission
from labeling.rating.selectors import example_topics
from labeling.teaching.examples.selectors import right_words
from labeling.teaching.quiz.selectors import own_attempt
from labeling.teaching.quiz.services import (
    QuizAnswer,
    answer_example,
    ask_quiz_again,
    question_of,
)
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.examples import asked_examples, left_to_answer
from projects.models import QuizAttempt, WorkedExample
from projects.permissions import Action


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: SignedInRequest, slug: str) -> HttpResponse:
    """The next example, or what became of the last answer (`?answered=`)."""
    access = get_access(request.user, slug, Action.RATE)
    left = left_to_answer(access.membership)
    number = _whole(request.POST.get("example", "")) if request.method == "POST" else None
    if number is not None:
        return _answered(request, access, number, left)
    attempt = own_attempt(
        access.project, access.user.pk, _whole(request.GET.get("answered", "")) or 0
    )
    if attempt is not None:
        return _page(request, access, left, context=_feedback(attempt))
    return _page(request, access, left)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _answered(
    request: SignedInRequest, access: Access, number: int, left: list[WorkedExample]
) -> HttpResponse:
    shown = [example for example in left if example.number == number]
    question = question_of(shown[0]) if shown else None
    sent = QuizAnswer({})
    if question is not None:
        submission = quiz_submission(question, request.POST)
        sent = QuizAnswer(submission.answers, submission.tie_kind, submission.tie_kinds)
    slug = access.project.slug
    try:
        attempt = answer_example(membership=access.membership, number=number, answer=sent)
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("labeling:quiz", slug)
    except InvalidInput as error:
        return _page(request, access, shown or left, errors=error.fields)
    return redirect(f"{reverse('labeling:quiz', args=[slug])}?answered={attempt.pk}")


def _feedback(attempt: QuizAttempt) -> dict[str, object]:
    """What a rater reads after an answer: whether it is right, what is, and why."""
    question = question_of(attempt.example)
    said = right_words(question, [attempt.answer]) if question else ""
    right = right_words(question, attempt.example.right) if question else ""
    return {
        "attempt": attempt,
        "said": said,
        "right_words": right or attempt.example.answer,
        "example": attempt.example,
        "topics": example_topics(attempt.example),
    }


def _page(
    request: SignedInRequest,
    access: Access,
    left: list[WorkedExample],
    *,
    errors: dict[str, str] | None = None,
    context: dict[str, object] | None = None,
) -> HttpResponse:
    asked = len(asked_examples(access.project))
    shown: dict[str, object] = {
        "access": access,
        "project": access.project,
        "asked": asked,
        "place": asked - len(left) + 1,
        "is_over": not left,
        **(context or {}),
    }
    question = question_of(left[0]) if left and not context else None
    if question is not None:
        shown |= quiz_desk(
            left[0],
            question,
            request.POST,
            errors or {},
            shows_covered=request.user.shows_covered,
        )
        shown |= {"example": left[0], "question": question, "errors": errors}
    return render(request, "labeling/teaching/quiz.html", shown, status=422 if errors else 200)


@require_POST
def quiz_again(request: SignedInRequest, slug: str) -> HttpResponse:
    """Asks every rater the quiz again."""
    access = get_access(request.user, slug, Action.TEACH)
    try:
        ask_quiz_again(project=access.project, actor=access.user)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Raters answer the quiz again before their next task."))
    return redirect("labeling:examples", slug)


urlpatterns = [
    path("p/<slug:slug>/quiz/", quiz, name="quiz"),
    path("p/<slug:slug>/quiz/again/", quiz_again, name="quiz-again"),
]
