import type { LogRecord } from '../../base/logger.ts'
import { colors } from '../terminal/colors.ts'

/** The log as people read it: short rows on a terminal, one whole line for each record everywhere else. */

/** What is not torn apart at the end of a row, unless a row of its own is too short for it. */
export interface Piece {
  readonly text: string
  readonly paint?: Paint | undefined
}
export type Paint = 'gray' | 'green' | 'cyan' | 'yellow' | 'red'

export interface TextStyle {
  /** Of a terminal; undefined for a pipe or a file, where a record is one line and tells its day. */
  readonly columns: number | undefined
  readonly color: boolean
  /** See createDateAndClock. */
  readonly dateAndClock: (time: Date) => string
}

/** What JSON leaves as it is and a terminal takes for a command, or for a turn of the writing. */
const hidden = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Of JSON, JSON that means the same and holds nothing that a terminal obeys. */
export const harmless = (json: string): string =>
  json.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Quotes what would not be one word. Control characters of a client's making never reach the terminal. */
export const word = (value: LogRecord['fields'][string]): string => {
  const text = String(value)
  return /^[\w.:/@+,%~[\]-]+$/.test(text) ? text : harmless(JSON.stringify(text))
}

const twoDigits = (figure: number): string => String(figure).padStart(2, '0')

/** `14:03:22`, by the clock on the wall. */
const clock = (time: Date): string => [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')

const minutesPerHour = 60

/** The second in words, before and behind its milliseconds. */
const secondInWords = (time: Date): readonly [string, string] => {
  const east = -time.getTimezoneOffset()
  const distance = Math.abs(east)
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-')
  const offset = [Math.floor(distance / minutesPerHour), distance % minutesPerHour].map(twoDigits).join(':')
  return [`${date}T${clock(time)}.`, `${east < 0 ? '-' : '+'}${offset}`]
}

/**
 * `2026-11-21T14:03:22.123+01:00`: the same clock, with all that a reader of next year needs. Of many records in one
 * second only the first asks what its words are: that was half of what a record costs.
 */
export const createDateAndClock = (): ((time: Date) => string) => {
  let second = Number.NaN
  let [before, behind] = ['', '']
  return (time) => {
    const at = time.getTime()
    // Not the remainder, which has the sign of the time.
    const milliseconds = time.getUTCMilliseconds()
    if (at - milliseconds !== second) {
      second = at - milliseconds
      ;[before, behind] = secondInWords(time)
    }
    return before + String(milliseconds).padStart(3, '0') + behind
  }
}

/** As wide as the clock: what follows stands below what it belongs to. */
const indent = ' '.repeat('14:03:22 '.length)

/** A terminal that is no wider than this breaks the rest by itself: crumbs are harder to read. */
const narrowestRow = 20

/** Rows of at most `width`, each as long as it can be: broken after a comma or a slash, or where there is none, anywhere. */
const rowsOf = (text: string, width: number): string[] => {
  const rows: string[] = []
  let rest = text
  while (rest.length > width) {
    const row = rest.slice(0, width)
    const end = Math.max(row.lastIndexOf(','), row.lastIndexOf('/')) + 1 || width
    rows.push(row.slice(0, end))
    rest = rest.slice(end)
  }
  return [...rows, rest]
}

/** Pieces with a space in between; on a terminal, as many in a row as there is room for. */
export const layOut = (time: Date, pieces: readonly Piece[], { columns, color, dateAndClock }: TextStyle): string => {
  const painted = ({ text, paint }: Piece): string => (color && paint !== undefined ? colors[paint](text) : text)
  if (columns === undefined) {
    let whole = painted({ text: dateAndClock(time), paint: 'gray' })
    for (const piece of pieces) whole += ` ${painted(piece)}`
    return `${whole}\n`
  }
  const head: Piece = { text: clock(time), paint: 'gray' }
  const width = Math.max(columns - indent.length, narrowestRow)
  let line = painted(head)
  let column = head.text.length
  for (const piece of pieces) {
    const isFitting = column + 1 + piece.text.length <= columns || column <= indent.length
    const rows = rowsOf(piece.text, width)
    line += isFitting ? ' ' : `\n${indent}`
    line += rows.map((text) => painted({ ...piece, text })).join(`\n${indent}`)
    column = (isFitting ? column + 1 : indent.length) + (rows.at(-1)?.length ?? 0)
  }
  return `${line}\n`
}

const levelPaint: Readonly<Record<LogRecord['level'], Paint>> = {
  debug: 'gray',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
}

/** `warn  upstream.retry attempt=1`: any record. */
export const eventPieces = ({ level, event, fields }: LogRecord): Piece[] => [
  { text: level.padEnd('debug'.length), paint: levelPaint[level] },
  { text: event },
  ...Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [{ text: `${name}=${word(value)}` }],
  ),
]
