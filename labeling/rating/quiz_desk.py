"""An example of the quiz on a desk like the real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from django.http import QueryDict
from django.utils import timezone

from labeling.kinds import Submission, kind_for, slot
from labeling.rating.desk import ShownResponse, TaskView
from labeling.rating.forms import Filled, read_form
from labeling.rating.page import rating_bar, shown_task
from labeling.rating.selectors import example_topics
from labeling.rendering import NotNow, render_conversation, render_response, render_unformatted
from projects.models import Criterion, Project, WorkedExample


def quiz_desk(
    example: WorkedExample,
    question: Criterion,
    post: QueryDict,
    errors: Mapping[str, str],
    *,
    shows_covered: bool = False,
) -> dict[str, object]:
    """The texts of an example, and the bar that asks its question, with what was posted."""
    filled = read_form(post) if post else Filled()
    kind = kind_for(question.scale)
    names = kind.place_names([question], len(example.responses))
    messages = [{"role": "user", "content": example.prompt}]
    view = TaskView(
        assignment_id=0,
        kind=kind.key,
        language="",
        expires=timezone.now(),
        messages=messages,
        prompt_html=_html(lambda: render_conversation(messages), example.prompt),
        responses=[
            ShownResponse(slot(place), name, text, _response_html(text), [])
            for place, (name, text) in enumerate(zip(names, example.responses, strict=True))
        ],
        criteria=[question],
        principles=[],
        guideline_number=None,
        rubric_number=None,
        asked_as=kind.key,
        writing=None,
        place=None,
        topics=example_topics(example),
    )
    # As in a project that offers nothing beside the scale.
    desk = Project(
        slug="quiz",
        allow_both_bad=False,
        allow_cannot_tell=False,
        covered_texts=example.project.covered_texts,
    )
    return {
        "task": shown_task(
            view, project=desk, filled=filled, errors=errors, shows_covered=shows_covered
        ),
        "rubric": rating_bar(desk, kind, [question], len(names), filled, errors),
    }


def quiz_submission(question: Criterion, post: QueryDict) -> Submission:
    """What was posted as the answer to an example's question."""
    return read_form(post).submission([question])


def _response_html(text: str) -> str:
    return _html(lambda: render_response(text), text)


def _html(render: Callable[[], str], text: str) -> str:
    """What was rendered, or the text as it is where that takes too long just now."""
    with suppress(NotNow):
        return render()
    return render_unformatted(text)
