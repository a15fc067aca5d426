/**
 * Marks of this program in texts for the model: a reminder, a summary, a search result. A page that contains one could
 * pass its own words off as ours, where the model gets search results as text (WS-52).
 */

/** Spaces have one place in it, so that many of them take no quadratic time. */
const marks = /(<\s*(?:\/\s*)?)(?=(?:system-reminder|search_result|conversation-summary)\b)|(\[)(?=system)/gi

/** Invisible, and not white space. */
const zeroWidthJoiner = '\u200d'

export const breakMarks = (text: string): string => text.replace(marks, (found) => found + zeroWidthJoiner)
