"""The jobs of a Telegram application's job queue: kept in snapshots, and run in order when time passes."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator
from typing import Any

from telegram import Update
from telegram.ext import Application, ConversationHandler, Job

from chatsim.bots.reversible import decode, encode
from chatsim.bots.telegram_conversations import Conversations
from chatsim.errors import ContextNotSerializable
from chatsim.trace import JsonObject, Timer

_TIMEOUT = "$timeout"
"""What is saved as the callback of a job that ends a conversation after a while."""


class Jobs:
    """The jobs of *application*.

    The scheduler is started and paused at once: so it says when jobs are due, and runs none by itself.  *names* tells
    a chat's name by its number.
    """

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], conversations: Conversations) -> None:
        self._application = application
        self._conversations = conversations
        self._queue: Any = application._job_queue  # noqa: SLF001 - the property warns when there is none
        self._callbacks: dict[str, Any] = {}

    def begin(self) -> None:
        """Make the scheduler ready; to be called in the running loop."""
        if self._queue is not None and not self._queue.scheduler.running:
            self._queue.scheduler.start(paused=True)

    # ------------------------------------------------------------ snapshots

    def save(self) -> list[JsonObject]:
        """Return the jobs as JSON, in the order in which they are due."""
        return [self._saved(job) for job in self._due()]

    def timers(self, names: dict[int, str]) -> tuple[Timer, ...]:
        """Return the jobs as timers, in the order in which they are due; *names* are the chats by their numbers."""
        found = []
        for job in self._due():
            number = job.args[1].chat_id or job.args[1].user_id
            chat = {} if number is None else {"chat": names.get(number, str(number))}
            found.append(Timer(job.name, job.next_run_time.timestamp(), **chat))
        return tuple(found)

    def load(self, saved: list[JsonObject]) -> None:
        """Put *saved* in the place of all jobs."""
        if self._queue is None:
            return
        self._queue.scheduler.remove_all_jobs()
        for entry in saved:
            self._add(entry)

    def _saved(self, scheduled: Any) -> JsonObject:
        job = scheduled.args[1]
        path = f"$jobs.{job.name}"
        handler = getattr(job.callback, "__self__", None)
        if isinstance(handler, ConversationHandler) and handler in self._conversations.all:
            callback = _TIMEOUT
            context: Any = job.data
            data: Any = {
                "handler": self._conversations.all.index(handler),
                "key": encode(context.conversation_key, path),
                "update": context.update.to_dict(),
            }
        else:
            callback, data = self._key(job.callback), encode(job.data, path)
        return {
            "id": scheduled.id,
            "name": job.name,
            "callback": callback,
            "data": data,
            "chat": job.chat_id,
            "user": job.user_id,
            "at": scheduled.next_run_time.timestamp(),
            "trigger": _saved_trigger(scheduled.trigger, path),
        }

    def _add(self, entry: JsonObject) -> None:
        callback, data = self._restored(entry)
        job: Any = Job(callback, data, entry["name"], chat_id=entry["chat"], user_id=entry["user"])
        zone = self._queue.scheduler.timezone
        job._job = self._queue.scheduler.add_job(  # noqa: SLF001 - as the job queue itself
            self._queue.job_callback,
            name=entry["name"],
            trigger=_trigger(entry["trigger"], dt.datetime.fromtimestamp(entry["at"], zone)),
            args=(self._queue, job),
            id=entry["id"],
            next_run_time=dt.datetime.fromtimestamp(entry["at"], zone),
        )
        if entry["callback"] == _TIMEOUT:
            handler = self._conversations.all[entry["data"]["handler"]]
            handler.timeout_jobs[data.conversation_key] = job

    def _restored(self, entry: JsonObject) -> tuple[Any, Any]:
        """Return the callback and the data of a job."""
        if entry["callback"] != _TIMEOUT:
            return self._callback(entry["callback"]), decode(entry["data"])
        application = self._application
        saved = entry["data"]
        handler: Any = self._conversations.all[saved["handler"]]
        update = Update.de_json(saved["update"], application.bot)
        from telegram.ext._handlers.conversationhandler import (  # noqa: PLC0415 - private, and only for timeouts
            _ConversationTimeoutContext,
        )

        context = application.context_types.context.from_update(update, application)
        data = _ConversationTimeoutContext(decode(saved["key"]), update, application, context)
        return handler._trigger_timeout, data  # noqa: SLF001 - what the handler itself schedules

    def _key(self, callback: Any) -> str:
        """Return the name under which *callback* is found again."""
        name = f"{callback.__module__}:{callback.__qualname__}"
        key, number = name, 1
        while self._callbacks.setdefault(key, callback) != callback:
            number += 1
            key = f"{name}#{number}"
        return key

    def _callback(self, key: str) -> Any:
        if key not in self._callbacks:
            module, _, path = key.partition(":")
            found: Any = importlib.import_module(module)
            for name in path.split("."):
                found = getattr(found, name, None)
            if found is None:
                why = f"{path} is no function of the module {module}, so that a restarted bot does not find it"
                raise ContextNotSerializable("$jobs", why)
            self._callbacks[key] = found
        return self._callbacks[key]

    # ------------------------------------------------------------ time

    def next(self, until: float) -> Any:
        """Return the job that is due first, if that is by *until*, else None."""
        job = next(self._due(), None)
        return job if job is not None and job.next_run_time.timestamp() <= until else None

    def _due(self) -> Iterator[Any]:
        jobs = [] if self._queue is None else self._queue.scheduler.get_jobs()
        return iter(sorted((job for job in jobs if job.next_run_time is not None), key=lambda job: job.next_run_time))

    async def fire(self, job: Any) -> None:
        """Run *job*, which is due now; before that it is set for the next time, or taken out."""
        now = job.next_run_time
        following = job.trigger.get_next_fire_time(now, now)
        if following is None:
            job.remove()
        else:
            job.modify(next_run_time=following)
        await job.func(*job.args, **job.kwargs)


def _saved_trigger(trigger: Any, path: str) -> JsonObject:
    """Return *trigger*, of one of the kinds that the job queue makes, as JSON."""
    kind = type(trigger).__name__
    if kind == "DateTrigger":
        return {"kind": kind}
    bounds = (
        {"start": encode(trigger.start_date), "end": encode(trigger.end_date)} if hasattr(trigger, "end_date") else {}
    )
    if kind == "IntervalTrigger":
        return {"kind": kind, "seconds": trigger.interval.total_seconds(), "zone": str(trigger.timezone), **bounds}
    if kind == "CronTrigger":
        fields = {field.name: str(field) for field in trigger.fields}
        return {"kind": kind, "fields": fields, "zone": str(trigger.timezone), **bounds}
    raise ContextNotSerializable(path, f"a job with a {kind} cannot be kept: use run_once, run_repeating or run_daily")


def _trigger(saved: JsonObject, at: dt.datetime) -> Any:
    if saved["kind"] == "DateTrigger":
        return _class("date", saved["kind"])(at)
    bounds = {"start_date": decode(saved["start"]), "end_date": decode(saved["end"]), "timezone": saved["zone"]}
    if saved["kind"] == "IntervalTrigger":
        return _class("interval", saved["kind"])(seconds=saved["seconds"], **bounds)
    return _class("cron", saved["kind"])(**saved["fields"], **bounds)


def _class(module: str, name: str) -> Any:
    """Return a class of triggers; only where there is a job queue is there its library."""
    return getattr(importlib.import_module(f"apscheduler.triggers.{module}"), name)
