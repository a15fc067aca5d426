import type { Machine } from '../../config/paths.ts'
import type { Io } from './io.ts'

/** Writes `~` for the user's home folder at the beginning of each path in a text. */
export const shortPaths = (text: string, { home }: Pick<Machine, 'home'>): string => {
  if (home.length <= 1) return text
  // After a path character, it is in the middle of another path.
  const beginning = new RegExp(String.raw`(?<![\w./\\~-])${RegExp.escape(home)}(?=[/\\])`, 'g')
  return text.replace(beginning, '~')
}

/** Shortens paths at a terminal; a script gets complete paths. */
export const shownPaths = (text: string, { isTerminal, machine }: Io): string =>
  isTerminal ? shortPaths(text, machine) : text
