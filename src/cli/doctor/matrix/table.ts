import { colors } from '../../terminal/colors.ts'
import { tableLines } from '../../terminal/table.ts'
import { wrap } from '../../terminal/wrap.ts'
import type { Cell, Status } from './cell.ts'
import { newestShape } from './client-shapes.ts'
import type { Results } from './play-matrix.ts'
import { shownRows } from './rows.ts'
import type { StrictResults } from './strict-results.ts'

/** The table for people: the simulator's result next to that of the user's own Nexus (MX-D6). */

export interface TableStyle {
  readonly columns: number
  readonly useColor: boolean
}

interface Line {
  readonly mark: string
  readonly label: string
  readonly strict: Cell | undefined
  readonly own: Cell
}

const paints: Readonly<Record<Status, (text: string) => string>> = {
  pass: colors.green,
  healed: colors.yellow,
  fail: colors.red,
  not_applicable: colors.gray,
  not_tested: colors.gray,
}

const played: ReadonlySet<Status | undefined> = new Set(['pass', 'healed', 'fail'])

/** A cell that was not played says nothing. */
const isComparable = (strict: Cell | undefined, own: Cell): boolean =>
  played.has(strict?.status) && played.has(own.status)

/** Whether the simulator says something else. */
export const differs = (strict: Cell | undefined, own: Cell): boolean =>
  isComparable(strict, own) && strict?.status !== own.status

const toLines = (results: Results, simulated: StrictResults): Line[] =>
  shownRows.flatMap(({ id }): Line[] => {
    const result = results.get(id)
    const own = result?.versions.get(newestShape.version)
    if (result === undefined || own === undefined) return []
    const strict = simulated.get(id)
    const others = [...result.versions].filter(([version]) => version !== newestShape.version)
    return [
      { mark: differs(strict, own) ? '!' : '', label: id, strict, own },
      ...others.map(([version, cell]) => ({
        mark: '',
        label: `  with Claude Code ${version}`,
        strict: undefined,
        own: cell,
      })),
    ]
  })

const noteIndent = 6

/** Why a cell is not a pass, and what the simulator says if that is something else. */
const notesOf = ({ mark, strict, own }: Line): string[] => {
  const simulated = mark === '' ? undefined : (strict?.error ?? strict?.reason)
  return [own.error ?? own.reason, simulated && `simulator: ${simulated}`].filter((text) => text !== undefined)
}

const painted = (line: string, { status }: Cell, useColor: boolean): string =>
  useColor && line.endsWith(status) ? line.slice(0, -status.length) + paints[status](status) : line

/** The narrowest notes. */
const leastNote = 30

export const matrixTable = (results: Results, strict: StrictResults, { columns, useColor }: TableStyle): string => {
  const lines = toLines(results, strict)
  const [head = '', ...rows] = tableLines(
    [
      { title: '', cell: ({ mark }: Line) => mark },
      { title: 'feature', cell: ({ label }: Line) => label },
      { title: 'simulator (strict)', cell: (line: Line) => line.strict?.status ?? '-' },
      { title: 'your Nexus', cell: ({ own }: Line) => own.status },
    ],
    lines,
  )
  const width = Math.max(columns - noteIndent, leastNote)
  const text = rows.flatMap((row, index) => {
    const line = lines[index]
    if (line === undefined) return []
    const notes = notesOf(line).flatMap((note) => wrap(note, width).map((part) => ' '.repeat(noteIndent) + part))
    return [painted(row, line.own, useColor), ...notes]
  })
  return [head, ...text].join('\n')
}

export const comparison = (results: Results, strict: StrictResults): string => {
  const lines = toLines(results, strict).filter((line) => isComparable(line.strict, line.own))
  const different = lines.filter(({ mark }) => mark !== '').length
  if (lines.length === 0) return 'There are no results of the simulator to compare with.'
  if (different === 0) return `No row differs from the simulator, of ${lines.length} that both have played.`
  return `Rows with ! differ from the simulator: ${different} of ${lines.length} that both have played.`
}
