import type { ServingCommand, SetUp } from '../config/set-up.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import type { ProgramName } from './find-program.ts'
import type { LaunchEnvironment } from './shells.ts'

/** How a client starts with one server. */
export interface Launch {
  readonly environment: LaunchEnvironment
  /** For the user, one line each. */
  readonly notes: readonly string[]
}

/** A launch in this terminal. */
export interface SessionLaunch extends Launch {
  /** The client's arguments, with those of the user. */
  readonly args: readonly string[]
  /** Deletes files that were written for the session. */
  readonly dispose?: () => void
}

/** Starts when the server listens. Rejects with UsageError. */
export type PlanSession = (setUp: SetUp, port: number) => Promise<SessionLaunch>

/** How the client names its sessions, in requests and on its command line. */
interface ClientSessions {
  /** Header of every request. */
  readonly header: string
  /** Checks an id, because it is printed and may come from another program. */
  readonly pattern: RegExp
  /** Arguments that resume a session. */
  resume(id: string): readonly string[]
  /** Whether the client prints one answer and exits. */
  isPrinting(rest: readonly string[]): boolean
}

/** A client that one of our commands runs with its own server. */
export interface Client extends ProgramName {
  readonly name: Exclude<ServingCommand, 'start'>
  /** Its name for users. */
  readonly title: string
  /** Whether it speaks OpenAI's API. */
  readonly usesOpenAi: boolean
  /** Whether it can send a credential of its own to the upstream. */
  readonly hasOwnCredential: boolean
  /** Commands that install it, the official one first. */
  installLines(platform: string): readonly string[]
  readonly sessions: ClientSessions
  /** A hint for the log if no request arrives, for a client that sends one at its start. */
  readonly silenceHint?: string
  /** Reads the user's arguments before the server starts. Throws UsageError. */
  prepare(args: ParsedArguments, io: Io): PlanSession
}
