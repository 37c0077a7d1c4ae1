"""Feeds and reports wait, are worked on and end; both APIs of 2021-06-30 show them in the same way."""

import base64
import json
from datetime import timedelta

from ..clock import from_text, to_text
from .errors import ApiError, invalid
from .parameters import Parameter, read_query

STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")
_OPEN = ("IN_QUEUE", "IN_PROGRESS")
_KEPT = timedelta(days=90)
_FIRST_ID = 50001


class Jobs:
    """The jobs of one kind over all sellers; time moves them on, and `finish` does the work.

    `finish(job)` is called once and returns status and document id; `name` is feed or report.
    """

    def __init__(self, world, name, finish):
        self._world = world
        self._name = name
        self._finish = finish
        self._jobs = {}

    def restore(self, kept):
        """Take over the jobs of an earlier run."""
        jobs = kept.get(f"amazon_{self._name}", {}).values()
        self._jobs = {job["id"]: job for job in sorted(jobs, key=lambda job: int(job["id"]))}

    def listed(self, seller_id):
        """Return the jobs of a seller as JSON values, oldest first."""
        return [job for job in self._jobs.values() if job["seller"] == seller_id]

    def add(self, seller_id, **values):
        """Put a job into the queue; return it."""
        job_id = str(_FIRST_ID + len(self._jobs))
        job = {"id": job_id, "seller": seller_id, **values, "createdTime": self._world.clock.now_text()}
        job["processingStatus"] = "IN_QUEUE"
        self._jobs[job_id] = job
        self._keep(job)
        self._world.ledger.append(f"{self._name}_created", job_id, {"seller": seller_id, **values})
        return job

    def advance(self):
        """Let time pass for all open jobs: half of the delay they wait, then they are worked on, then they end."""
        now = self._world.clock.now()
        delay = float(self._world.settings[f"{self._name}_seconds"])
        for job in [job for job in self._jobs.values() if job["processingStatus"] in _OPEN]:
            created = from_text(job["createdTime"])
            started, ended = created + timedelta(seconds=delay / 2), created + timedelta(seconds=delay)
            if now < started:
                continue
            job.setdefault("processingStartTime", to_text(started.replace(microsecond=0)))
            job["processingStatus"] = "IN_PROGRESS"
            if now >= ended:
                job["processingStatus"], job["documentId"] = self._outcome_of(job)
                self._end(job, to_text(ended.replace(microsecond=0)))
            self._keep(job)

    def _outcome_of(self, job):
        """Do the work; what a test has misshapen beyond understanding is fatal, and the ledger says why."""
        try:
            return self._finish(job)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
            text = f"{type(problem).__name__}: {problem}"
            self._world.ledger.append(f"{self._name}_failed", job["id"], {"seller": job["seller"], "problem": text})
            return "FATAL", None

    def find(self, seller_id, job_id):
        """Return a job of a seller; raise ApiError 400 for what is no id, 404 for an unknown one."""
        if not (job_id.isascii() and job_id.isdigit()):
            raise invalid("Invalid Input", f"Not the id of a {self._name}: {job_id}")
        job = self._jobs.get(job_id)
        if job is None or job["seller"] != seller_id:
            raise ApiError(404, "NotFound", "The specified resource does not exist.", job_id)
        return job

    def cancel(self, seller_id, job_id):
        """Cancel a job that still waits; raise ApiError 400 when it does not."""
        job = self.find(seller_id, job_id)
        if job["processingStatus"] != "IN_QUEUE":
            raise invalid("Invalid Input", f"The {self._name} is {job['processingStatus']} and cannot be cancelled.")
        job["processingStatus"], job["documentId"] = "CANCELLED", None
        self._end(job, self._world.clock.now_text())
        self._keep(job)
        return job

    def search(self, seller_id, call, types):
        """Return a page of jobs, newest first, and the next token or None; `types` names the parameter of types."""
        values = self._read_search(call, types)
        found = [job for job in reversed(self.listed(seller_id)) if _is_wanted(job, values)]
        start, size = values["offset"], values["size"]
        token = None
        if start + size < len(found):
            token = _write_token({**values, "offset": start + size})
        return found[start : start + size], token

    def _read_search(self, call, types):
        values = read_query(
            call.query,
            {
                types: Parameter("list", most=10),
                "marketplaceIds": Parameter("list", most=10),
                "pageSize": Parameter("whole", low=1, high=100),
                "processingStatuses": Parameter("list", choices=STATUSES),
                "createdSince": Parameter("time"),
                "createdUntil": Parameter("time"),
                "nextToken": Parameter("text"),
            },
        )
        if "nextToken" in values:
            if len(values) > 1:
                raise invalid("Invalid Input", "nextToken goes alone.")
            return _read_token(values["nextToken"])
        if types not in values:
            raise invalid("Invalid Input", f"Either {types} or nextToken is required.")
        now = self._world.clock.now()
        return {
            "types": values[types],
            "marketplaceIds": values.get("marketplaceIds"),
            "statuses": values.get("processingStatuses", list(STATUSES)),
            "since": to_text(values.get("createdSince", now - _KEPT)),
            "until": to_text(values.get("createdUntil", now)),
            "size": values.get("pageSize", 10),
            "offset": 0,
        }

    def _end(self, job, at):
        job["processingEndTime"] = at
        job.setdefault("processingStartTime", at)
        body = {"seller": job["seller"], "type": job["type"], "documentId": job["documentId"]}
        self._world.ledger.append(f"{self._name}_{job['processingStatus'].lower()}", job["id"], body)

    def _keep(self, job):
        self._world.disk.put(f"amazon_{self._name}", job["id"], job)


def times_of(job):
    """Return what is shown of a job beside its ids and type."""
    names = ("marketplaceIds", "createdTime", "processingStatus", "processingStartTime", "processingEndTime")
    return {name: job[name] for name in names if name in job}


def _is_wanted(job, values):
    return (
        job["type"] in values["types"]
        and job["processingStatus"] in values["statuses"]
        and (values["marketplaceIds"] is None or bool(set(values["marketplaceIds"]) & set(job["marketplaceIds"])))
        and from_text(values["since"]) <= from_text(job["createdTime"]) <= from_text(values["until"])
    )


def _write_token(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _read_token(text):
    try:
        values = json.loads(base64.urlsafe_b64decode(text))
        if set(values) == {"types", "marketplaceIds", "statuses", "since", "until", "size", "offset"}:
            return values
    except (ValueError, TypeError):
        pass
    raise invalid("Invalid Input", "nextToken is not one of ours.")
