import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { NexusProfile } from '../../src/simulator/profiles.ts'
import { cellsToPlay, type PlannedCell } from './plan.ts'
import { playCell } from './play-cell.ts'
import type { Cell, Cells, Feature } from './result.ts'
import type { Row } from './row.ts'

/** Plays the cells of a run, several at once, and writes the log of each failed one. */

export interface PlayAllOptions {
  readonly cells: readonly PlannedCell[]
  /** The path of each version's program. */
  readonly clients: ReadonlyMap<string, string>
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  readonly jobs: number
  /** The folder of the logs. */
  readonly logs: string
  readonly print: (line: string) => void
}

const nameOf = ({ row, column }: PlannedCell): string => `${row.id}  ${column.version}  ${column.nexus}`

/** Only here, on this machine: a log has paths and prompts. */
const writeLog = async (folder: string, { row, column }: PlannedCell, failures: readonly string[]): Promise<string> => {
  const path = join(folder, `${row.id}.${column.version}.${column.nexus}.log`)
  if (failures.length === 0) await rm(path, { force: true })
  else await Bun.write(path, `${failures.join('\n\n')}\n`)
  return path
}

const toLines = (planned: PlannedCell, cell: Cell, seconds: string, log: string): string => {
  const flaky = cell.flaky === true ? ', flaky' : ''
  const line = `${cell.status === 'fail' ? 'FAIL' : cell.status}  ${nameOf(planned)} (${seconds} s${flaky})`
  if (cell.status === 'fail') return `${line}\n      ${cell.error}\n      ${log}`
  return cell.reason === undefined ? line : `${line}\n      ${cell.reason}`
}

/** The cell of each planned cell. Rejects if the machine itself fails; then no further cell begins. */
export const playAll = async (options: PlayAllOptions): Promise<ReadonlyMap<PlannedCell, Cell>> => {
  const { cells, clients, server, jobs, logs, print } = options
  await mkdir(logs, { recursive: true })
  const results = new Map<PlannedCell, Cell>()
  for (const planned of cells) if (planned.skipped !== undefined) results.set(planned, planned.skipped)
  const waiting = cellsToPlay(cells)
  const playNext = async (): Promise<void> => {
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift()) {
      const started = performance.now()
      const client = String(clients.get(planned.column.version))
      const { cell, failures } = await playCell(planned, { client, server })
      const log = await writeLog(logs, planned, failures)
      results.set(planned, cell)
      print(toLines(planned, cell, ((performance.now() - started) / 1000).toFixed(1), log))
    }
  }
  const stopping = async (): Promise<void> => {
    try {
      await playNext()
    } catch (error) {
      waiting.length = 0
      throw error
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: jobs }, stopping))
  const stopped = ended.find(({ status }) => status === 'rejected')
  if (stopped?.status === 'rejected') throw stopped.reason
  return results
}

/** The rows with their cells, as the results have them. */
export const toFeatures = (
  rows: readonly Row[],
  versions: readonly string[],
  results: ReadonlyMap<PlannedCell, Cell>,
): Feature[] => {
  const byPlace = new Map<string, Cell>()
  const place = (id: string, version: string, nexus: NexusProfile): string => `${id} ${version} ${nexus}`
  for (const [{ row, column }, cell] of results) byPlace.set(place(row.id, column.version, column.nexus), cell)
  const cellOf = (id: string, version: string, nexus: NexusProfile): Cell =>
    byPlace.get(place(id, version, nexus)) ?? { status: 'not_tested' }
  const cellsFor = (id: string, version: string): Cells => ({
    nexus_lenient: cellOf(id, version, 'lenient'),
    nexus_strict: cellOf(id, version, 'strict'),
    nexus_poor: cellOf(id, version, 'poor'),
  })
  const newest = versions.at(-1) ?? ''
  return rows.map(({ id, name, group, what }) => ({
    id,
    name,
    providers: cellsFor(id, newest),
    versions: Object.fromEntries(versions.slice(0, -1).map((version) => [version, cellsFor(id, version)])),
    group,
    what,
  }))
}
