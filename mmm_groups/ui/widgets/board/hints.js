// How the board is used, in words.

/** The key that selects several, as it is called on this machine. */
export const MODIFIER = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl"
export const KEYS_OF_A_MOVE =
  "The left and right arrows choose a group, up and down a position, Space drops, Escape cancels."
export const HOW_TO_SELECT = matchMedia("(pointer: coarse)").matches
  ? "Tap channels to select several, then drag them together."
  : `${MODIFIER} or Shift and click selects several channels.`
