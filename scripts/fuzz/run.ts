import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toFrames } from '../../src/simulator/frames.ts'
import { toSimulatedResponse } from '../../src/simulator/response.ts'
import { count, listed } from '../support/counts.ts'
import { createRandom, type Random } from '../support/random.ts'
import { anthropicAnswerSubject } from './anthropic-answers.ts'
import { anthropicRequestSubject } from './anthropic-requests.ts'
import { bodySubject } from './bodies.ts'
import { chatResponseSubject } from './chat-responses.ts'
import { openAiModelPaths } from './client-requests.ts'
import {
  canaryMark,
  readCorpus,
  readOpenAiCorpus,
  readOpenAiSearchCorpus,
  readSearchCorpus,
  type ValidRequest,
} from './corpus.ts'
import { responseSubject } from './responses.ts'
import { type Backend, type Session, startSession } from './session.ts'
import type { Subject } from './subject.ts'

/**
 * Sends invalid requests to the server, and invalid responses from the upstream.
 *
 *   bun run fuzz [--seconds 30] [--seed 1] [--only PHASE] [--index N] [--save folder] [--binary]
 *
 * The phases: `bodies` and `frames` with AI Nexus, `openai-bodies` and `openai-streams` with an OpenAI-compatible server,
 * `anthropic-requests` and `anthropic-answers` with a server that gets and sends the same bytes. The phases of `clients`
 * send requests of OpenAI's protocols. In `search` and `clients-search`, the server
 * searches the web.
 * The seed and the index determine a subject: `--only frames --index 17` repeats that one.
 * `--save` writes the failed subjects, reduced as far as possible.
 */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '20261121' },
    only: { type: 'string' },
    index: { type: 'string' },
    save: { type: 'string' },
    binary: { type: 'boolean', default: false },
  },
})

const seconds = Number(values.seconds)
const seed = Number(values.seed)
const onlyIndex = values.index === undefined ? undefined : Number(values.index)

const atOnce = 16
/** Failures that are reduced and reported; the others are probably repetitions. */
const maximumFailures = 10
const maximumShrinks = 400
const shrinkMs = 10_000

interface FuzzFailure {
  readonly index: number
  readonly subject: Subject
  readonly fault: string
}

/** A fault without the numbers and texts of one case. */
const sortOf = (fault: string): string => fault.replace(/[:(].*/s, '')

const shrink = async (session: Session, { subject, fault }: FuzzFailure): Promise<Subject> => {
  const until = performance.now() + shrinkMs
  let smallest = subject
  let tries = 0
  let hasShrunk = true
  while (hasShrunk) {
    hasShrunk = false
    for (const candidate of smallest.smaller()) {
      tries += 1
      if (tries > maximumShrinks || performance.now() > until || session.hasCrashed()) return smallest
      const { fault: again } = await session.run(candidate)
      if (again === undefined || sortOf(again) !== sortOf(fault)) continue
      smallest = candidate
      hasShrunk = true
      break
    }
  }
  return smallest
}

interface Tally {
  readonly kinds: Map<string, number>
  readonly ends: Map<string, number>
  slowest: { readonly milliseconds: number; readonly index: number }
  failed: number
}

const sum = (map: Map<string, number>): number => [...map.values()].reduce((total, some) => total + some, 0)

const report = async (phase: string, session: Session, { index, subject, fault }: FuzzFailure): Promise<void> => {
  const again = `bun run fuzz --seed ${seed} --only ${phase} --index ${index}`
  console.log(`FAILED  ${subject.kind}: ${fault}\n        ${again}`)
  const smallest = await shrink(session, { index, subject, fault })
  console.log(smallest.describe(canaryMark).replace(/^/gm, '        '))
  if (values.save === undefined) return
  mkdirSync(values.save, { recursive: true })
  const { answer } = smallest
  const body =
    answer === undefined ? smallest.sent(canaryMark).body : Buffer.concat([Buffer.from(answer.head), ...answer.writes])
  writeFileSync(join(values.save, `${phase}-${seed}-${index}`), body ?? '')
}

/** Tries subjects until the time is up. Returns the number of faults. */
const runPhase = async (
  phase: string,
  session: Session,
  subjectOf: (index: number) => Subject,
  ms: number,
): Promise<number> => {
  const tally: Tally = { kinds: new Map(), ends: new Map(), slowest: { milliseconds: 0, index: 0 }, failed: 0 }
  const failures = new Map<string, FuzzFailure>()
  const inFlight = new Set<number>()
  const until = performance.now() + ms
  let next = onlyIndex ?? 0
  const isOver = (): boolean =>
    performance.now() > until || session.hasCrashed() || (onlyIndex !== undefined && next > onlyIndex)
  const work = async (): Promise<void> => {
    while (!isOver()) {
      const index = next
      next += 1
      inFlight.add(index)
      const subject = subjectOf(index)
      const { end, fault, milliseconds } = await session.run(subject)
      if (!session.hasCrashed()) inFlight.delete(index)
      count(tally.kinds, subject.kind)
      count(tally.ends, end)
      if (milliseconds > tally.slowest.milliseconds) tally.slowest = { milliseconds, index }
      if (fault === undefined) continue
      tally.failed += 1
      const sort = `${subject.kind} ${sortOf(fault)}`
      if (!failures.has(sort) && failures.size < maximumFailures) failures.set(sort, { index, subject, fault })
    }
  }
  await Promise.all(Array.from({ length: onlyIndex === undefined ? atOnce : 1 }, work))
  if (session.hasCrashed())
    console.log(`CRASHED  while these indices of ${phase} were running: ${[...inFlight].join(', ')}`)
  for (const failure of failures.values()) await report(phase, session, failure)
  await session.stop()
  for (const fault of session.logFaults) console.log(`LOG     ${fault}`)

  console.log(
    `${phase.padEnd(26)}${sum(tally.kinds)}, ${tally.failed} failed, ${session.logFaults.size} faults in the log`,
  )
  console.log(`  subjects       ${listed(tally.kinds)}`)
  console.log(`  results        ${listed(tally.ends)}`)
  console.log(`  slowest        ${Math.round(tally.slowest.milliseconds)} ms, index ${tally.slowest.index}`)
  return tally.failed + session.logFaults.size
}

const sweep = toFrames(
  toSimulatedResponse(
    { content: [{ thinking: 'Hm.' }, { text: 'Hi é' }, { tool: 'Bash', input: { a: 1 } }] },
    {},
    () => '1-1-1-1-1',
  ),
  4,
)

interface Phase {
  readonly backend: Backend
  /** Prepares the common data once. Returns the function that creates the subjects of the phase. */
  readonly subjects: () => (index: number, random: Random) => Subject
}

const fromCorpus =
  (toSubject: typeof bodySubject, read: (seed: number) => ValidRequest[] = readCorpus) =>
  (): ReturnType<Phase['subjects']> => {
    const corpus = read(seed)
    return (_index, random) => toSubject(corpus, random)
  }

/** Requests of OpenAI's clients. */
const openAiClients = (upstream: Backend['upstream']): Phase => ({
  backend: { upstream, kind: 'simulator' },
  subjects: fromCorpus(bodySubject, readOpenAiCorpus),
})

const phases: Readonly<Record<string, Phase>> = {
  bodies: { backend: { upstream: 'nexus', kind: 'simulator' }, subjects: fromCorpus(bodySubject) },
  frames: {
    backend: { upstream: 'nexus', kind: 'raw' },
    subjects: () => (index, random) => responseSubject(index, sweep, random),
  },
  'openai-bodies': { backend: { upstream: 'openai', kind: 'simulator' }, subjects: fromCorpus(bodySubject) },
  'openai-streams': { backend: { upstream: 'openai', kind: 'raw' }, subjects: () => chatResponseSubject },
  'anthropic-requests': {
    backend: { upstream: 'anthropic', kind: 'echo' },
    subjects: fromCorpus(anthropicRequestSubject),
  },
  'anthropic-answers': { backend: { upstream: 'anthropic', kind: 'raw' }, subjects: () => anthropicAnswerSubject },
  search: {
    backend: { upstream: 'nexus', kind: 'simulator', searches: true },
    subjects: fromCorpus(bodySubject, readSearchCorpus),
  },
  'clients-bodies': openAiClients('nexus'),
  'clients-openai-bodies': openAiClients('openai'),
  'clients-anthropic-bodies': openAiClients('anthropic'),
  'clients-search': {
    backend: { upstream: 'nexus', kind: 'simulator', searches: true },
    subjects: fromCorpus(bodySubject, readOpenAiSearchCorpus),
  },
  'clients-frames': {
    backend: { upstream: 'nexus', kind: 'raw' },
    subjects: () => (index, random) => responseSubject(index, sweep, random, openAiModelPaths),
  },
}

const chosen = Object.entries(phases).filter(([name]) => values.only === undefined || values.only === name)
const phaseMs = (seconds * 1000) / chosen.length

console.log(`seed ${seed}`)
let faults = 0
for (const [name, { backend, subjects }] of chosen) {
  const subjectOf = subjects()
  const session = await startSession(backend, values.binary)
  faults += await runPhase(name, session, (index) => subjectOf(index, createRandom(seed, index)), phaseMs)
}
console.log(faults === 0 ? 'nothing failed' : `${faults} faults`)
process.exit(faults === 0 ? 0 : 1)
