import type { LogRecord } from '../../base/logger.ts'

/** Formats the log as text: short rows on a terminal, otherwise one line per record. */

/** A part that stays on one row, unless it is longer than a row. */
export interface Piece {
  readonly text: string
  readonly paint?: Paint | undefined
}
export type Paint = 'gray' | 'green' | 'cyan' | 'yellow' | 'red'

export interface TextStyle {
  /** Width of the terminal; undefined for a pipe or a file: there a record is one line with the date. */
  readonly columns: number | undefined
  /** Absent for plain text. */
  readonly colors?: Readonly<Record<Paint, (text: string) => string>> | undefined
  /** A function of createDateAndClock. */
  readonly dateAndClock: (time: Date) => string
}

/** Characters that JSON does not escape but a terminal obeys: controls and changes of the writing direction. */
const hidden = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Escapes these characters in JSON. */
export const harmless = (json: string): string =>
  json.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Quotes text that is not one word, so that control characters from a client never reach the terminal. */
export const word = (value: LogRecord['fields'][string]): string => {
  const text = String(value)
  return /^[\w.:/@+,%~[\]-]+$/.test(text) ? text : harmless(JSON.stringify(text))
}

const twoDigits = (figure: number): string => String(figure).padStart(2, '0')

/** `14:03:22`, in local time. */
const clock = (time: Date): string => [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')

const minutesPerHour = 60

/** The text before and after the milliseconds. */
const secondInWords = (time: Date): readonly [string, string] => {
  const east = -time.getTimezoneOffset()
  const distance = Math.abs(east)
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-')
  const offset = [Math.floor(distance / minutesPerHour), distance % minutesPerHour].map(twoDigits).join(':')
  return [`${date}T${clock(time)}.`, `${east < 0 ? '-' : '+'}${offset}`]
}

/**
 * `2026-11-21T14:03:22.123+01:00`: local time with date and offset. Formats each second only once, because that was
 * half of the cost of a record.
 */
export const createDateAndClock = (): ((time: Date) => string) => {
  let second = Number.NaN
  let [before, after] = ['', '']
  return (time) => {
    const at = time.getTime()
    // Not the remainder: it is negative for times before 1970.
    const milliseconds = time.getUTCMilliseconds()
    if (at - milliseconds !== second) {
      second = at - milliseconds
      ;[before, after] = secondInWords(time)
    }
    return before + String(milliseconds).padStart(3, '0') + after
  }
}

/** As wide as the time, so that the other rows are aligned. */
const indent = ' '.repeat('14:03:22 '.length)

/** Rows are never narrower than this, because fragments are hard to read; a narrower terminal breaks them itself. */
const narrowestRow = 20

/** Breaks text into rows of at most `width`, after the last comma or slash, or anywhere if there is none. */
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

/** Joins pieces with spaces; on a terminal, fills each row. */
export const layOut = (time: Date, pieces: readonly Piece[], { columns, colors, dateAndClock }: TextStyle): string => {
  const painted = ({ text, paint }: Piece): string =>
    colors !== undefined && paint !== undefined ? colors[paint](text) : text
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

/** Formats any record: `warn  upstream.retry attempt=1`. */
export const eventPieces = ({ level, event, fields }: LogRecord): Piece[] => [
  { text: level.padEnd('debug'.length), paint: levelPaint[level] },
  { text: event },
  ...Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [{ text: `${name}=${word(value)}` }],
  ),
]
