"""Refusals that are right although no schema can foretell them. Each is named by the very words of its answer, so that
nothing else passes under its name."""

import schemathesis

# Faults of a request: the only ones named in its answer.
BEYOND_SCHEMAS = (
    "has two messages with the same id",
    "is not the `nextCursor` of a page with these filters",
    "holds more than 100 variables",
    "is larger than 65536 bytes",
    "is longer than ",
    "holds a character that is not printable",
    "holds a NUL or half a character",
    "is no JSON of at most ",
    "is nested too deep",
)
# An escalation that was found a moment ago may be over, or may have been over before: "known".
FOR_OPEN_ESCALATIONS = ("/cancel", "/user-left", "/return", "/messages", "/redeliver", "/end")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    kind = type(failure).__name__
    if kind == "RejectedPositiveData":
        return not is_beyond_schemas(response)
    if kind in ("IgnoredAuth", "MissingHeaderNotRejected"):
        # Whoever shows no key again and again hears 429 instead of 401. It is another answer than `response`.
        return "429" not in failure.message
    if kind == "EnsureResourceAvailability":
        return not case.operation.path.endswith(FOR_OPEN_ESCALATIONS)
    return True


def is_beyond_schemas(response):
    """Whether each fault that the answer names is one of those."""
    if response.status_code != 400:
        return False
    problem = response.json()
    errors = problem.get("errors") or []
    return (
        problem.get("code") == "ESC_REQUEST_INVALID"
        and bool(errors)
        and all(error["detail"].startswith(BEYOND_SCHEMAS) for error in errors)
    )
