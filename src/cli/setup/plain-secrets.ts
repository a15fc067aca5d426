import type { IsSecret } from './text-format.ts'
import type { Hidden } from './unified-diff.ts'

/** Finds secrets in a text that is not parsed: a comment, or a file of another format. */

/** `name: value`, `"name": "value"`, `NAME=value`. */
const assignment = /["']?([\w.-]+)["']?[ \t]*[:=][ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,}\]]+)/g

const withoutQuotes = (value: string): string => value.replace(/^(["'])(.*)\1$/, '$2')

/** `start`: the offset of the comment in its file. */
export const secretsInComment = (comment: string, start: number, isSecret: IsSecret): Hidden =>
  [...comment.matchAll(assignment)].flatMap(({ 0: whole, 1: name = '', 2: value = '', index }) =>
    isSecret([name], withoutQuotes(value))
      ? [[start + index + whole.length - value.length, value.length] as const]
      : [],
  )

/** The first group is what a diff may show: the name of a table, or of a value. */
const shownPart = /^([ \t]*(?:\[[^\]\n]*\][ \t]*|[^=\n]*=[ \t]*)?)([^\r\n]*)/gm

/** All values of a file of the user's that setup replaces. */
export const allValues = (text: string): Hidden =>
  [...text.matchAll(shownPart)].flatMap(({ 1: shown = '', 2: rest = '', index }) =>
    rest === '' ? [] : [[index + shown.length, rest.length] as const],
  )
