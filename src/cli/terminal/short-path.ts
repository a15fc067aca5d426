import type { Machine } from '../../config/paths.ts'
import type { Io } from './io.ts'

/** `~` for the person's own folder, wherever it begins a path in a text: as they would write it themselves. */
export const shortPaths = (text: string, { home }: Pick<Machine, 'home'>): string => {
  if (home.length <= 1) return text
  // Behind a character of a path it is the middle of another one.
  const beginning = new RegExp(String.raw`(?<![\w./\\~-])${RegExp.escape(home)}(?=[/\\])`, 'g')
  return text.replace(beginning, '~')
}

/** The same where a person reads along; a script is told the whole path. */
export const shownPaths = (text: string, { isTerminal, machine }: Io): string =>
  isTerminal ? shortPaths(text, machine) : text
