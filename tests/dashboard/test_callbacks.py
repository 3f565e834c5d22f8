"""What a click asks for is done, whatever the browser sends meanwhile."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboard.theme import config


def clicked(kept: bool) -> AppTest:
    """A page whose button's callback learns in its middle that the browser has sent something newer.

    kept: whether it touches the session through `dashboard.state`.
    """

    def script(kept: bool) -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

        from dashboard import state

        def step() -> None:
            state.put("begun", True)
            context = get_script_run_ctx()
            assert context is not None
            assert context.script_requests is not None
            context.script_requests.request_rerun(RerunData(widget_states=None))
            assert state.get("begun") if kept else st.session_state["begun"]
            state.put("done", True)

        st.button("step", on_click=step)
        state.put("runs", state.get("runs", 0) + 1)

    at = AppTest.from_function(script, args=(kept,)).run()
    return at.button[0].click().run()


def test_a_callback_runs_to_its_end_though_the_browser_sends_more() -> None:
    at = clicked(kept=True)
    assert at.session_state["done"]
    assert at.session_state["runs"] >= 2  # and what was sent is answered


def test_streamlit_itself_calls_a_callback_off() -> None:
    """Once it no longer does, `dashboard.callbacks` can go."""
    at = clicked(kept=False)
    assert at.session_state["begun"]
    assert "done" not in at.session_state


def test_what_a_callback_raises_is_raised() -> None:
    def script() -> None:
        import streamlit as st

        from dashboard import state

        def fail() -> None:
            state.put("begun", True)
            raise LookupError("here")

        st.button("fail", on_click=fail)

    (error,) = AppTest.from_function(script).run().button[0].click().run().exception
    assert error.value == "here"


def test_a_rerun_asked_for_in_a_callback_happens() -> None:
    def script() -> None:
        import streamlit as st

        from dashboard import state

        def again() -> None:
            state.put("again", True)
            st.rerun()
            state.put("again", "not reached")

        st.button("again", on_click=again)
        st.write("end" if state.get("again") is True else "begin")

    (said,) = AppTest.from_function(script).run().button[0].click().run().markdown
    assert said.value == "end"


def test_a_run_of_the_page_is_still_called_off() -> None:
    """Only callbacks are not: what the browser has sent last is what a page shows."""

    def script() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

        from dashboard import state

        if state.get("runs") is None:
            state.put("runs", 1)
            context = get_script_run_ctx()
            assert context is not None
            assert context.script_requests is not None
            context.script_requests.request_rerun(RerunData())
            state.get("runs")
            state.put("runs", 2)
        st.write("end")

    at = AppTest.from_function(script).run()
    assert at.session_state["runs"] == 1
    assert at.markdown[0].value == "end"


def test_no_second_script_runs_beside_a_callback() -> None:
    assert config("127.0.0.1", 8501)["runner.fastReruns"] is False
