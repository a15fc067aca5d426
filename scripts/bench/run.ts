import { mkdir } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { project } from '../release/project.ts'
import { isBuilt, root } from '../support/binary.ts'
import { openLaboratory, type Sample, type Weight } from './measure.ts'
import { peers } from './peers.ts'
import { endAll, isPinned, startState } from './processes.ts'
import { guardFaults, type Report, type Row, type Table, toTables } from './report.ts'
import { gapWorkloads, sessionWorkloads } from './session-workloads.ts'
import { auditedServers, scaledServers, teamServers } from './switch-targets.ts'
import { auditWorkloads, scaledWorkloads, teamWorkloads } from './switch-workloads.ts'
import type { Target } from './target.ts'
import { forwarders, gapServers, sessionServers, translators } from './targets.ts'
import type { Workload } from './workload.ts'
import { nativeWorkloads, pacedStreams, workloads } from './workloads.ts'

/**
 * Measures the cost of a request, compared with a proxy that only forwards bytes. Prints a table of translated requests,
 * of long sessions, of streams next to large requests, of forwarded requests, of a team's server, of the cache audit and of
 * web search, and of what serves more people, and writes every figure to a file.
 *
 *   bun run bench [--rounds 3] [--seconds 0.8] [--only small,large] [--program FILE] [--before FILE] [--peers]
 *                 [--with NAME=VALUE] [--json FILE] [--guard]
 *
 * `--only weights` measures starts and memory. `--before` is the program of an earlier commit, a column of each table.
 * `--with` adds the program with a variable to the first three tables. `--guard` runs short rounds of the workloads that
 * have a limit, and more rounds of one that seems to exceed it: exit code 1 if the median still does.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '0.8' },
    only: { type: 'string' },
    program: { type: 'string' },
    before: { type: 'string' },
    with: { type: 'string', multiple: true, default: [] },
    peers: { type: 'boolean', default: false },
    guard: { type: 'boolean', default: false },
    json: { type: 'string', default: join(root, 'dist', 'bench.json') },
  },
})

/** Duration of a measurement with `--guard`, whose limits are generous. */
const guardMs = 1000
/** The median of three: one round of a second can be half as much again for reasons of the machine. */
const guardRounds = 3
/** Rounds that decide where three exceed a limit: a busy machine doubles small differences, a real cost stays. */
const decidingRounds = 8

const fail = (sentence: string): never => {
  console.error(sentence)
  process.exit(2)
}

const rounds = values.guard ? guardRounds : Number(values.rounds)
const milliseconds = values.guard ? guardMs : Number(values.seconds) * 1000
if (!(rounds >= 1) || !(milliseconds > 0)) fail('--rounds and --seconds must be above 0.')
const all = [
  ...workloads,
  ...sessionWorkloads,
  ...gapWorkloads,
  ...nativeWorkloads,
  ...teamWorkloads,
  ...auditWorkloads,
  ...scaledWorkloads,
]
/** The start and the memory of each target. */
const weightsId = 'weights'
const known = values.guard
  ? all.filter(({ guard }) => guard !== undefined).map(({ id }) => id)
  : [...all.map(({ id }) => id), weightsId]
const ids = values.only?.split(',') ?? known
const unknownId = ids.find((id) => !known.includes(id))
const kind = values.guard ? 'workload with a limit' : 'workload'
if (unknownId !== undefined) fail(`Unknown ${kind}: ${unknownId}. Choose from ${known.join(', ')}.`)
if (values.program === undefined && !isBuilt()) fail('No program in dist/. Run `bun run build` first.')
if (process.platform === 'win32')
  fail('The benchmark runs on Linux and macOS only: it needs their CPU times of processes.')

const variables = Object.fromEntries(
  values.with.map((assignment): [string, string] => {
    const at = assignment.indexOf('=')
    return at > 0 ? [assignment.slice(0, at), assignment.slice(at + 1)] : fail(`--with needs NAME=VALUE: ${assignment}`)
  }),
)

interface Suite {
  readonly targets: readonly Target[]
  readonly workloads: readonly Workload[]
}

const chosen = ({ id }: Workload): boolean => ids.includes(id)
const scaled = scaledWorkloads.filter(chosen)
// A signal or an error that ends this process also ends the processes that it started.
process.on('exit', endAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(2))
const state = scaled.length === 0 ? undefined : await startState()
if (scaled.length > 0 && state === undefined) console.error('No redis-server: the column `state` is missing.')
const programs = { program: values.program, before: values.before, variables }
const suites = [
  { targets: [...translators(programs), ...(values.peers ? peers() : [])], workloads: workloads.filter(chosen) },
  { targets: sessionServers(programs), workloads: sessionWorkloads.filter(chosen) },
  { targets: gapServers(programs), workloads: gapWorkloads.filter(chosen) },
  { targets: forwarders(programs), workloads: nativeWorkloads.filter(chosen) },
  { targets: teamServers(programs), workloads: teamWorkloads.filter(chosen) },
  { targets: auditedServers(programs), workloads: auditWorkloads.filter(chosen) },
  { targets: scaledServers(programs, state?.url), workloads: scaled },
].filter((suite, index) => suite.workloads.length > 0 || (index === 0 && ids.includes(weightsId)))
const laboratory = await openLaboratory()

const weigh = async (): Promise<Record<string, Weight>> => {
  const weights: Record<string, Weight> = {}
  for (const target of suites.flatMap(({ targets }) => targets)) {
    if (target.id in weights) continue
    const weight = await laboratory.weigh(pacedStreams, target)
    if (weight !== undefined) weights[target.id] = weight
  }
  console.error('starts and memory: done')
  return weights
}

const columnsOf = (targets: readonly Target[]): Table['targets'] =>
  targets.map(({ id, mark, goal, guard }) => ({
    id,
    ...(mark && { mark }),
    ...(goal && { goal }),
    ...(guard && { guard }),
  }))

/** Each round runs all targets in turn, so that other work of the machine affects all of them. */
const toRow = async (workload: Workload, targets: readonly Target[]): Promise<Row> => {
  // The upstream alone has no CPU cost of a proxy: it is the reference for times only.
  const hasTimes = workload.measure === 'firstEvent' || workload.measure === 'gap'
  const measured = targets.filter(({ launch }) => launch !== undefined || hasTimes)
  const samples: Record<string, Sample[]> = Object.fromEntries(measured.map(({ id }) => [id, []]))
  const measureRounds = async (count: number): Promise<void> => {
    for (let round = 0; round < count; round += 1) {
      for (const target of measured) samples[target.id]?.push(await laboratory.measure(workload, target, milliseconds))
    }
  }
  const { id, title, measure, goal, guard } = workload
  const row = {
    workload: { id, title, measure, ...(goal && { goal }), ...(guard !== undefined && { guard }) },
    samples,
  }
  await measureRounds(rounds)
  if (values.guard && guardFaults({ tables: [{ targets: columnsOf(targets), rows: [row] }] }).length > 0) {
    console.error(`${title}: seems to exceed a limit, measuring ${decidingRounds} rounds more`)
    await measureRounds(decidingRounds)
  }
  console.error(`${title}: done`)
  return row
}

/** Rows with an invalid response: they have no figures, and the other rows still have theirs. */
const failed: string[] = []

const toTable = async ({ targets, workloads }: Suite): Promise<Table> => {
  const rows: Row[] = []
  for (const workload of workloads) {
    try {
      rows.push(await toRow(workload, targets))
    } catch (error) {
      failed.push(`${workload.title}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { targets: columnsOf(targets), rows }
}

try {
  const weights = ids.includes(weightsId) ? await weigh() : {}
  const tables: Table[] = []
  for (const suite of suites) tables.push(await toTable(suite))
  const report: Report = {
    version: project.version,
    machine: `${process.platform} ${process.arch}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`,
    isPinned,
    rounds,
    tables,
    weights,
  }
  console.log(toTables(report))
  const faults = [...failed, ...(values.guard ? guardFaults(report) : [])]
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
  await mkdir(dirname(values.json), { recursive: true })
  await Bun.write(values.json, `${JSON.stringify(report, undefined, 2)}\n`)
  console.error(`\nEvery figure: ${values.json}`)
} finally {
  await laboratory.stop()
  await state?.stop()
}
process.exit()
