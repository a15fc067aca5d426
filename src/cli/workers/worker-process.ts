import { type Channel, createChannel } from './channel.ts'
import type { SentPlan } from './sent-plan.ts'
import type { ParentServices, StartFailure, WorkerFacts, WorkerServices } from './services.ts'

/** One worker, as its parent sees it. */

/** A worker that hangs does not delay a scrape for longer. */
const factsMs = 500
/** As long as a service manager waits for a start. */
const beginMs = 90_000

export interface WorkerProcessOptions {
  /** Starts this program as a worker. */
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly plan: SentPlan
  /** Creates what one worker may ask; `close` is called when it has ended. */
  readonly createServices: () => { readonly services: ParentServices; readonly close: () => void }
}

/** How a process ended: an exit code or the name of a signal. */
interface WorkerEnd {
  readonly pid: number
  readonly code: number | undefined
  readonly signal: string | undefined
}

export class WorkerStartError extends Error implements StartFailure {
  override readonly name = 'WorkerStartError'
  readonly code: string | undefined
  readonly reason: string | undefined

  constructor(failure: Partial<StartFailure> = {}) {
    super('a worker could not start')
    this.code = failure.code
    this.reason = failure.reason
  }
}

export class WorkerProcess {
  readonly #process: Bun.Subprocess
  readonly #channel: Channel<WorkerServices>
  readonly #plan: SentPlan
  #isListening = false
  #facts: WorkerFacts | undefined

  constructor({ command, environment, plan, createServices }: WorkerProcessOptions, onEnd: (end: WorkerEnd) => void) {
    const { services, close } = createServices()
    const channel = createChannel<WorkerServices, ParentServices>(services, (message) => this.#process.send(message))
    this.#channel = channel
    this.#plan = plan
    this.#process = Bun.spawn([...command], {
      env: { ...environment },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'inherit',
      serialization: 'advanced',
      ipc: (message) => channel.receive(message),
      onExit({ pid, signalCode }, code) {
        channel.close()
        close()
        onEnd({ pid, code: code ?? undefined, signal: signalCode === null ? undefined : String(signalCode) })
      },
    })
  }

  get isListening(): boolean {
    return this.#isListening
  }

  /** What the worker did at the last `collect`. */
  get facts(): WorkerFacts | undefined {
    return this.#facts
  }

  /** Resolves when the worker serves. Rejects with WorkerStartError. */
  async begin(): Promise<void> {
    const result = await this.#channel.ask('begin', this.#plan, beginMs)
    if (result?.kind !== 'listening') throw new WorkerStartError(result)
    this.#isListening = true
  }

  /** Asks for its facts, and for the records that it has not sent. */
  async collect(): Promise<void> {
    if (this.#isListening) this.#facts = (await this.#channel.ask('facts', undefined, factsMs)) ?? this.#facts
  }

  /** Begins the shutdown. Resolves to the number of running requests. */
  stop = async (): Promise<number> => (await this.#channel.ask('stop', undefined)) ?? 0

  /** Ends all requests at once. */
  stopNow = (): void => void this.#channel.ask('stopNow', undefined)

  kill = (): void => this.#process.kill('SIGKILL')
}
