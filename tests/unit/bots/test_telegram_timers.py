"""Timers of Telegram applications: jobs, conversations that time out, tasks; all in snapshots but the last."""

import textwrap

import pytest

from chatsim.errors import SetupError
from chatsim.jsondata import from_json, to_json
from chatsim.session import Session
from chatsim.stage import Stage
from chatsim.trace import Snapshot, Timer, Wait
from chatsim.world.clock import DEFAULT_START

pytest.importorskip("telegram.ext", reason="python-telegram-bot is not installed: pip install 'chatsim[telegram]'")
pytest.importorskip("apscheduler", reason="APScheduler is not installed: pip install 'python-telegram-bot[job-queue]'")
pytestmark = pytest.mark.filterwarnings("ignore:If 'per_message=False':telegram.warnings.PTBUserWarning")

BOT = """
    import asyncio
    import datetime as dt
    from telegram import Update
    from telegram.ext import Application, CommandHandler, ConversationHandler, MessageHandler, TypeHandler, filters

    async def say(context):
        await context.bot.send_message(context.job.chat_id, f"{context.job.name} {context.job.data}")

    async def fail(context):
        raise ValueError("the job is broken")

    def job(name, plan):
        async def command(update, context):
            plan(context.job_queue, update.effective_chat.id)
            await update.message.reply_text("ok")
        return CommandHandler(name, command)

    def lasting(queue, chat):
        async def inner(context):
            await context.bot.send_message(chat, "inner")
        queue.run_once(inner, 5, name="inner")

    async def later(update, context):
        async def remind(seconds):
            await asyncio.sleep(seconds)
            await update.message.reply_text(f"{seconds} s later, {dt.datetime.now():%H:%M:%S}")
        context.application.create_task(remind(int(context.args[0])))
        await update.message.reply_text("I will")

    async def ask(update, context):
        await update.message.reply_text("Name?")
        return 0

    async def name(update, context):
        await update.message.reply_text(f"Hi {update.message.text}")
        return ConversationHandler.END

    async def gone(update, context):
        await context.bot.send_message(update.effective_chat.id, "Are you still there?")

    def main():
        app = Application.builder().token("1:a").build()
        app.add_handler(job("repeat", lambda queue, chat: queue.run_repeating(say, 60, data=[1, (2, 3)], name="tick", chat_id=chat)))
        app.add_handler(job("daily", lambda queue, chat: queue.run_daily(say, dt.time(9, 30), name="morning", chat_id=chat)))
        app.add_handler(job("twice", lambda queue, chat: [queue.run_once(say, at, name=f"at {at}", chat_id=chat) for at in (20, 10)]))
        app.add_handler(job("fail", lambda queue, chat: queue.run_once(fail, 1, name="bad")))
        app.add_handler(job("stop", lambda queue, chat: [job.schedule_removal() for job in queue.jobs()]))
        app.add_handler(job("inner", lasting))
        app.add_handler(CommandHandler("later", later))
        app.add_handler(ConversationHandler(
            [CommandHandler("ask", ask)],
            {0: [MessageHandler(filters.TEXT & ~filters.COMMAND, name)], ConversationHandler.TIMEOUT: [TypeHandler(Update, gone)]},
            [],
            conversation_timeout=300,
        ))
        app.run_polling()
"""


@pytest.fixture
def stage(tmp_path):
    (tmp_path / "shop.py").write_text(textwrap.dedent(BOT))
    return Stage.of("shop:main", tmp_path)


@pytest.fixture
def session(stage):
    return Session(stage.bot, stage=stage)


def heard(turn):
    """Return what was said in a turn, with the seconds after which it was."""
    assert turn.error is None, turn.error
    return [(reply.text, reply.after) for reply in turn.replies]


class TestJobs:
    def test_in_the_order_in_which_they_are_due(self, session):
        session.send("/twice")
        assert session.snapshot.timers == (
            Timer("at 10", DEFAULT_START + 10, "user"),
            Timer("at 20", DEFAULT_START + 20, "user"),
        )
        assert heard(session.wait(15)) == [("at 10 None", 10)]
        assert heard(session.wait(15)) == [("at 20 None", 5)]
        assert session.snapshot.timers == ()
        assert session.snapshot.clock == DEFAULT_START + 30

    def test_again_and_again(self, session):
        session.send("/repeat")
        assert heard(session.wait(150)) == [("tick [1, (2, 3)]", 60), ("tick [1, (2, 3)]", 120)]
        assert heard(session.wait(30)) == [("tick [1, (2, 3)]", 30)]
        session.send("/stop")
        assert heard(session.wait(86400)) == []

    def test_at_a_time_of_the_day(self, session):
        session.send("/daily")
        assert heard(session.wait(2 * 86400)) == [("morning None", 1800), ("morning None", 88200)]

    def test_an_error_in_a_job_is_the_turns(self, session):
        session.send("/fail")
        turn = session.wait(2)
        assert (turn.error.type, turn.error.message) == ("ValueError", "the job is broken")
        assert [frame.function for frame in turn.error.frames] == ["fail"]

    def test_from_every_snapshot_again(self, session):
        """The jobs are in the snapshot, which may have been JSON meanwhile: what comes is the same, in any order."""
        session.send("/twice")
        middle = from_json(to_json(session.snapshot), Snapshot)
        first = [heard(session.wait(15)), heard(session.wait(15))]
        again = Session(session.bot, snapshot=middle, stage=session.stage)
        assert [heard(again.wait(15)), heard(again.wait(15))] == first

    def test_a_restart_keeps_them(self, session):
        session.send("/repeat")
        bot = session.bot
        session.restart()
        assert session.bot is not bot
        assert heard(session.wait(60)) == [("tick [1, (2, 3)]", 60)]

    def test_a_function_within_a_function(self, session):
        """It is found as long as the process lives."""
        session.send("/inner")
        kept = session.snapshot
        assert heard(session.wait(5)) == [("inner", 5)]
        session.restart()
        session.snapshot = kept
        turn = session.wait(5)
        assert turn.error.kind == "context-not-json"
        assert "so that a restarted bot does not find it" in turn.error.message


class TestConversationTimeout:
    def test_it_comes(self, session):
        session.send("/ask")
        assert session.state == "0"
        assert heard(session.wait(299)) == []
        turn = session.wait(1)
        assert heard(turn) == [("Are you still there?", 1)]
        assert (turn.waits, turn.snapshot.chats["user"].state) == ("end", None)
        assert heard(session.send("Ann")) == []

    def test_it_does_not_come_after_the_end(self, session):
        session.send("/ask")
        assert heard(session.send("Ann")) == [("Hi Ann", 0)]
        assert heard(session.wait(86400)) == []

    def test_from_json(self, session):
        session.send("/ask")
        session.snapshot = from_json(to_json(session.snapshot), Snapshot)
        session.restart()
        assert heard(session.wait(301)) == [("Are you still there?", 300)]


class TestTasks:
    """asyncio tasks that outlive their turn."""

    def test_a_scheduled_reply(self, session):
        assert heard(session.send("/later 60")) == [("I will", 0)]
        assert session.snapshot.clock == DEFAULT_START
        assert heard(session.wait(59)) == []
        assert heard(session.wait(2)) == [("60 s later, 09:01:00", 1)]
        assert session.snapshot.clock == DEFAULT_START + 61

    def test_one_that_is_soon_done_belongs_to_the_turn(self, session):
        assert heard(session.send("/later 2")) == [("I will", 0), ("2 s later, 09:00:02", 2)]
        assert session.snapshot.clock == DEFAULT_START + 2

    def test_tasks_and_jobs_in_one_order(self, session):
        session.send("/later 15")
        session.send("/twice")
        said = [("at 10 None", 10), ("15 s later, 09:00:15", 15), ("at 20 None", 20)]
        assert heard(session.wait(30)) == said

    def test_no_snapshot_holds_them(self, session):
        """Who goes on from elsewhere is told, rather than left without the reply."""
        session.send("/later 60")
        branch = session.fork()
        session.wait(60)
        with pytest.raises(SetupError, match="1 asyncio tasks of the bot were running here, and no snapshot holds"):
            branch.wait(60)

    def test_a_chat_before_them_goes_on(self, session):
        before = session.snapshot
        session.send("/later 60")
        session.snapshot = before
        assert heard(session.wait(120)) == []


def test_a_wait_is_no_update(session):
    from chatsim.bots.telegram_updates import update_for

    with pytest.raises(SetupError, match="time that passes is no update"):
        update_for(Wait(1), session.bot.api)
