// Where the reader is: an answer is read from its first words, and who reads older words is left alone.

const FOLLOW_WITHIN = 120; // px from the end: whoever is there follows what comes
const UNSEEN = 24; // px below the edge that are worth a hint
const GAP = 8;
const ONE_ANSWER = 5000; // ms: what comes closer together is one answer

export function viewOf(scroller, more) {
  let first = null; // the first bubble of the answer that is coming in
  let heardAt = 0;

  function below() {
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  }

  function settle() {
    const end = scroller.scrollHeight - scroller.clientHeight;
    scroller.scrollTop = first && first.isConnected ? Math.min(end, first.offsetTop - GAP) : end;
    more.hidden = below() < UNSEEN;
  }

  return {
    follows: () => below() < FOLLOW_WITHIN,
    settle,

    /** A bubble of an answer came. */
    heard(bubble) {
      const now = Date.now();
      if (!first || now - heardAt > ONE_ANSWER) first = bubble;
      heardAt = now;
    },

    /** The citizen spoke: what comes next is another answer. */
    spoken() {
      first = null;
    },

    hint() {
      more.hidden = below() < UNSEEN;
    },

    toEnd() {
      scroller.scrollTop = scroller.scrollHeight;
      more.hidden = true;
    },
  };
}
