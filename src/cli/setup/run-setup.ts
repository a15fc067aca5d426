import { absolutePath, type Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import { confirmed } from '../terminal/confirmation.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { shownPaths } from '../terminal/short-path.ts'
import type { ClientPlan, SetupClient, SetupRequest } from './client-plan.ts'
import { setupClientNamed } from './clients.ts'
import { type Journal, readJournal } from './journal.ts'
import { hasChanged, type PrepareContext, prepareSetup, prepareUndo } from './prepare.ts'
import { SetupFailure } from './setup-failure.ts'
import { type ClientChanges, writeChanges } from './write-changes.ts'

/** Shows the changes, asks, and writes them. */

interface Change extends ClientChanges {
  readonly client: SetupClient
  readonly plan?: ClientPlan
}

/** `done`: written. `same`: there was nothing to change. `shown`: only shown (`--dry-run`). `declined`: by the user. */
type Result = 'done' | 'same' | 'shown' | 'declined'

const contextOf = (flags: Flags, { machine }: Io): PrepareContext => ({
  machine,
  isYes: flags['yes'] === true || flags['dry-run'] === true,
  userId: process.getuid?.(),
})

/** A change of files while the user reads the diff: the second time is an error (SU-8). */
const mostAttempts = 2

const isChange = ({ prepared }: Change): boolean => prepared.files.some(hasChanged)

/** Whether another client now includes this one, or no longer: only the journal changes. */
const isNoted = ({ prepared: { earlier }, reasons }: Change): boolean =>
  earlier !== undefined && earlier.for.join() !== reasons.join()

const show = (changes: readonly Change[], io: Io): void => {
  const files = changes.flatMap(({ prepared }) => prepared.files)
  for (const { diff } of files) if (diff !== '') io.out(diff)
  for (const words of files.flatMap(({ words }) => words)) printer(io).info(shownPaths(words, io))
  if (!changes.some(isChange)) return
  const notes = new Set(changes.flatMap(({ plan }) => plan?.notes ?? []))
  for (const note of notes) printer(io).info(shownPaths(note, io))
}

const write = async (changes: readonly Change[], io: Io): Promise<boolean> => {
  const options = { machine: io.machine, userId: process.getuid?.(), lockMs: io.times?.setupLockMs }
  return (await writeChanges(changes, options)) === 'written'
}

const carryOut = async (
  question: string,
  prepare: () => Promise<readonly Change[]>,
  flags: Flags,
  io: Io,
): Promise<Result> => {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const changes = await prepare()
    show(changes, io)
    if (flags['dry-run'] === true) return changes.some(isChange) ? 'shown' : 'same'
    // An undo without changes still removes its journal.
    if (!changes.some(isChange) && !changes.some(isNoted)) return 'same'
    if (changes.some(isChange) && !(await confirmed(question, flags, io))) return 'declined'
    if (await write(changes, io)) return 'done'
  }
  throw new SetupFailure('A file changed while setup was running, twice. Close the client, and try again.')
}

const declined = (io: Io): number => {
  printer(io).info('Nothing was changed.')
  return 1
}

/** The client after those that it starts. */
const withIncluded = (client: SetupClient): SetupClient[] => [...(client.with ?? []).map(setupClientNamed), client]

/** A relative CLAUDE_CONFIG_DIR, for example, leads from the current folder: an undo may start in another one. */
const withAbsolutePaths = (plan: ClientPlan, machine: Machine): ClientPlan => ({
  ...plan,
  files: plan.files.map((file) => ({ ...file, path: absolutePath(machine, file.path) })),
})

const planned = async (
  client: SetupClient,
  name: string,
  request: SetupRequest,
  context: PrepareContext,
): Promise<Change> => {
  const plan = withAbsolutePaths(await client.plan(request), request.machine)
  const earlier = readJournal(request.machine, client.name)
  const prepared = await prepareSetup({ client: client.name, url: request.url, plan }, earlier, context)
  return { client, prepared, plan, reasons: [...new Set([...(earlier?.for ?? []), name])] }
}

const warnSilent = ({ answer, url }: SetupRequest, io: Io): void => {
  if (answer === 'ours') return
  const what = answer === 'silent' ? `no server answers at ${url}.` : `another program answers at ${url}.`
  printer(io).warn(`${what} Start it with ${productName} start, or at each login: ${productName} service print.`)
}

/** Of the client itself: what it starts has the same words. */
const lastSteps = ({ plan }: Change, io: Io): void => {
  if (plan === undefined) return
  printer(io).info(plan.restart)
  printer(io).info(`To check it: ${plan.check}`)
}

const printFields = (title: string, { fields = [], notes }: ClientPlan, io: Io): void => {
  printer(io).info(`Type these values into the settings of ${title}:`)
  const width = Math.max(...fields.map(([name]) => name.length))
  io.out(fields.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join(''))
  for (const note of notes) printer(io).info(note)
}

/** Resolves to the exit code. Rejects with UsageError and SetupFailure. */
export const runClientSetup = async (
  client: SetupClient,
  request: SetupRequest,
  flags: Flags,
  io: Io,
): Promise<number> => {
  const first = await client.plan(request)
  warnSilent(request, io)
  const context = contextOf(flags, io)
  let last: Change | undefined
  const prepare = async (): Promise<readonly Change[]> => {
    const changes: Change[] = []
    for (const one of withIncluded(client)) changes.push(await planned(one, client.name, request, context))
    last = changes.at(-1)
    return changes
  }
  if (first.fields !== undefined) {
    printFields(client.title, first, io)
    return 0
  }
  const result = await carryOut(`Change these files for ${client.title}?`, prepare, flags, io)
  if (result === 'declined') return declined(io)
  if (result === 'shown') return 0
  if (result === 'same') printer(io).info(`${client.title}: nothing to change.`)
  else printer(io).success(`${client.title} is set up for ${request.url}.`)
  if (last !== undefined) lastSteps(last, io)
  return 0
}

/** The journal with one reason less; an empty list of reasons undoes the setup. */
const undoOf = async (
  client: SetupClient,
  reasons: readonly string[],
  journal: Journal,
  context: PrepareContext,
): Promise<Change> =>
  reasons.length === 0
    ? { client, reasons, prepared: await prepareUndo(journal, context) }
    : { client, reasons, prepared: { client: client.name, url: journal.url, earlier: journal, files: [] } }

/** What an undo of a client includes: itself, and what it starts, unless another setup needs that, too. */
const undosOf = async (client: SetupClient, context: PrepareContext, io: Io): Promise<Change[]> => {
  const changes: Change[] = []
  for (const one of withIncluded(client)) {
    const journal = readJournal(io.machine, one.name)
    if (journal === undefined) continue
    if (one === client) changes.push(await undoOf(one, [], journal, context))
    else if (journal.for.includes(client.name)) {
      const reasons = journal.for.filter((name) => name !== client.name)
      changes.push(await undoOf(one, reasons, journal, context))
    }
  }
  return changes
}

/** Resolves to the exit code. Rejects with UsageError and SetupFailure. */
export const runUndo = async (client: SetupClient, flags: Flags, io: Io): Promise<number> => {
  const context = contextOf(flags, io)
  let changes: readonly Change[] = []
  const prepare = async (): Promise<readonly Change[]> => {
    changes = await undosOf(client, context, io)
    return changes
  }
  const result = await carryOut(`Undo the setup of ${client.title}?`, prepare, flags, io)
  if (result === 'declined') return declined(io)
  if (result === 'shown') return 0
  if (result === 'same') {
    printer(io).info(`${client.title}: nothing to undo.`)
    return 0
  }
  printer(io).success(`The setup of ${client.title} is undone.`)
  for (const { client: one, prepared, reasons } of changes) {
    if (reasons.length > 0)
      printer(io).info(
        `${one.title} stays set up, for ${reasons.join(', ')}. To undo that: ${productName} setup ${one.name} --undo`,
      )
    else
      for (const words of one.undone?.(prepared.earlier?.files.flatMap(({ keys }) => keys) ?? []) ?? [])
        printer(io).info(words)
  }
  return 0
}
