"""What a click asks for is done, whatever the browser sends meanwhile."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboard.theme import config


def clicked(kept: bool) -> AppTest:
    """A page whose button's callback learns in its middle that the browser has sent something newer."""

    def script(kept: bool) -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

        from dashboard import state
        from dashboard.callbacks import uninterrupted

        def step() -> None:
            state.put("begun", True)
            context = get_script_run_ctx()
            assert context is not None
            assert context.script_requests is not None
            context.script_requests.request_rerun(RerunData(widget_states=None))
            assert state.get("begun")
            state.put("done", True)

        st.button("step", on_click=uninterrupted(step) if kept else step)
        state.put("runs", state.get("runs", 0) + 1)

    at = AppTest.from_function(script, args=(kept,)).run()
    return at.button[0].click().run()


def test_a_callback_runs_to_its_end_though_the_browser_sends_more() -> None:
    at = clicked(kept=True)
    assert at.session_state["done"]
    assert at.session_state["runs"] >= 2  # and what was sent is answered


def test_streamlit_itself_calls_a_callback_off() -> None:
    """Once it no longer does, `uninterrupted` can go."""
    at = clicked(kept=False)
    assert at.session_state["begun"]
    assert "done" not in at.session_state


def test_what_a_callback_raises_is_raised() -> None:
    def script() -> None:
        import streamlit as st

        from dashboard.callbacks import uninterrupted

        @uninterrupted
        def fail() -> None:
            raise LookupError("here")

        try:
            fail()
        except LookupError as error:
            st.write(str(error))

    assert AppTest.from_function(script).run().markdown[0].value == "here"


def test_a_rerun_asked_for_in_a_callback_happens() -> None:
    def script() -> None:
        import streamlit as st

        from dashboard.callbacks import uninterrupted

        @uninterrupted
        def again() -> None:
            st.session_state["again"] = True
            st.rerun()

        if "again" not in st.session_state:
            again()
            st.write("not reached")
        st.write("end")

    (said,) = AppTest.from_function(script).run().markdown
    assert said.value == "end"


def test_no_second_script_runs_beside_a_callback() -> None:
    assert config("127.0.0.1", 8501)["runner.fastReruns"] is False
