from dataclasses import replace

from backend_api.conversations.dialogue import DialogueState, state_of


def test_a_state_survives_being_stored() -> None:
    state = replace(DialogueState(), noticed=True, asking="where", asked_seq=4, crisis=2)
    assert state_of(state.stored()) == state


def test_nothing_is_stored_of_a_conversation_that_has_not_begun() -> None:
    assert DialogueState().stored() == {}


def test_what_another_release_stored_is_left_out() -> None:
    assert state_of({"asking": "what", "of_tomorrow": True}) == DialogueState(asking="what")
