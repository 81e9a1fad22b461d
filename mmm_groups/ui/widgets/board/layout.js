// Which channel is in which group, and what a planner may do to that. Pure functions, which return a new layout.
//
// Every channel is in exactly one place after every function here. tests/ui/widgets/board_vectors.json holds this file
// and layout.py to one answer.

/**
 * A group as it travels between Python and the browser. `color` is an index into the palette; `id` survives a rename.
 *
 * @typedef {{id: string, name: string, color: number, channels: string[]}} Group
 */

/**
 * The whole board: its groups in their order, and the channels that are in none.
 *
 * @typedef {{groups: Group[], ungrouped: string[]}} Layout
 */

/**
 * A place on the board: a group's id, or `UNGROUPED`; and a position among its channels.
 *
 * @typedef {{place: string, index: number}} Position
 */

export const UNGROUPED = "ungrouped"
const PALETTE_SIZE = 10

/**
 * All places that hold channels, as they are shown: the groups and then Ungrouped.
 *
 * @param {Layout} layout
 */
export function placesOf({ groups, ungrouped }) {
  return [
    ...groups.map(({ id, name, channels }) => ({ id, name, channels })),
    { id: UNGROUPED, name: "Ungrouped", channels: ungrouped },
  ]
}

/**
 * @param {Layout} layout
 * @param {string} id
 */
export function placeOf(layout, id) {
  return placesOf(layout).find((place) => place.id === id)
}

/**
 * @param {Layout} layout
 * @param {string} id
 */
export function groupOf(layout, id) {
  return layout.groups.find((group) => group.id === id)
}

/**
 * All channels, group by group, the ungrouped ones last.
 *
 * @param {Layout} layout
 */
export function channelsOf(layout) {
  return placesOf(layout).flatMap(({ channels }) => channels)
}

/**
 * @param {Layout} layout
 * @param {string} channel
 * @returns {Position | null} null if it is not on the board
 */
export function positionOf(layout, channel) {
  const place = placesOf(layout).find(({ channels }) => channels.includes(channel))
  return place ? { place: place.id, index: place.channels.indexOf(channel) } : null
}

/**
 * True if every place holds the same channels in the same order.
 *
 * @param {Layout} one
 * @param {Layout} other
 */
export function samePlaces(one, other) {
  const places = [one, other].map((layout) => placesOf(layout).map(({ id, channels }) => [id, channels]))
  return JSON.stringify(places[0]) === JSON.stringify(places[1])
}

/**
 * Put channels into a place, in the order in which they stand on the board.
 *
 * @param {Layout} layout
 * @param {Iterable<string>} channels those that are not on the board are left out
 * @param {Position} position counted among the channels that stay; a place that is gone means Ungrouped
 * @returns {Layout}
 */
export function moveChannels(layout, channels, { place, index }) {
  const { moved, groups, ungrouped } = takenOut(layout, channels)
  const at = groupOf(layout, place) ? place : UNGROUPED
  return {
    groups: groups.map((group) =>
      group.id === at ? { ...group, channels: inserted(group.channels, index, moved) } : group,
    ),
    ungrouped: at === UNGROUPED ? inserted(ungrouped, index, moved) : ungrouped,
  }
}

/**
 * Add a group at the end, 'Group N' in the least used colour; `channels` move into it.
 *
 * @param {Layout} layout
 * @param {string} id one that begins with "new-", so that Python takes it for a new group
 * @param {Iterable<string>} [channels]
 * @returns {Layout}
 */
export function addGroup(layout, id, channels = []) {
  const { moved, groups, ungrouped } = takenOut(layout, channels)
  const names = groups.map(({ name }) => name.toLowerCase())
  let number = 1
  while (names.includes(`group ${number}`)) number += 1
  const uses = Array.from(
    { length: PALETTE_SIZE },
    (_, color) => groups.filter((group) => group.color === color).length,
  )
  const color = uses.indexOf(Math.min(...uses))
  return { groups: [...groups, { id, name: `Group ${number}`, color, channels: moved }], ungrouped }
}

/**
 * Delete a group; its channels become ungrouped.
 *
 * @param {Layout} layout
 * @param {string} id
 * @returns {Layout}
 */
export function deleteGroup({ groups, ungrouped }, id) {
  const gone = groups.find((group) => group.id === id)
  return {
    groups: groups.filter((group) => group !== gone),
    ungrouped: [...ungrouped, ...(gone?.channels ?? [])],
  }
}

/**
 * Put a group to a place among the others; where there is no such place, it stays.
 *
 * @param {Layout} layout
 * @param {string} id
 * @param {number} index
 * @returns {Layout}
 */
export function moveGroup(layout, id, index) {
  const group = groupOf(layout, id)
  if (!group || index < 0 || index >= layout.groups.length) return layout
  const others = layout.groups.filter((other) => other !== group)
  return { ...layout, groups: inserted(others, index, [group]) }
}

/**
 * Give a group another name or colour.
 *
 * @param {Layout} layout
 * @param {string} id
 * @param {{name?: string, color?: number}} changes
 * @returns {Layout}
 */
export function changeGroup(layout, id, changes) {
  return { ...layout, groups: layout.groups.map((group) => (group.id === id ? { ...group, ...changes } : group)) }
}

/**
 * @param {Layout} layout
 * @param {Iterable<string>} channels
 * @returns {Layout & {moved: string[]}} the layout without them, and they in the order in which they stood
 */
function takenOut(layout, channels) {
  const names = new Set(channels)
  const stay = (/** @type {string[]} */ members) => members.filter((name) => !names.has(name))
  return {
    moved: channelsOf(layout).filter((name) => names.has(name)),
    groups: layout.groups.map((group) => ({ ...group, channels: stay(group.channels) })),
    ungrouped: stay(layout.ungrouped),
  }
}

/**
 * @template Item
 * @param {Item[]} items
 * @param {number} index
 * @param {Item[]} more
 */
function inserted(items, index, more) {
  return [...items.slice(0, index), ...more, ...items.slice(index)]
}
