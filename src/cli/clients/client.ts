import type { Config } from '../../config/load.ts'
import type { ChosenModels, ServingCommand } from '../config/set-up.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import type { ProgramName } from './find-program.ts'
import type { OwnKeySetUp } from './own-key.ts'
import type { LaunchEnvironment } from './shells.ts'

export interface LaunchSetUp extends ChosenModels, OwnKeySetUp {}

/** The server that the client uses. */
export interface LaunchServer {
  readonly config: Config
  /** The actual port: the configured one may be 0. */
  readonly port: number
}

/** How a client starts with one server: through its command, the line of `start`, or `env`. */
export interface Launch {
  readonly environment: LaunchEnvironment
  /** Arguments before those of the user. */
  readonly args: readonly string[]
  /** For the user, one line each. */
  readonly notes: readonly string[]
  /** For a user who gets only the environment: what the client needs in addition. */
  readonly environmentNotes?: readonly string[]
  /** Deletes files that were written for the session. */
  readonly dispose?: () => void
}

/** Rejects with UsageError. */
export type PlanLaunch = (setUp: LaunchSetUp, server: LaunchServer, io: Io) => Promise<Launch>

/** How the client names its sessions, in requests and on its command line. */
interface ClientSessions {
  /** Header of every request. */
  readonly header: string
  /** Checks an id, because it is printed and may come from another program. */
  readonly pattern: RegExp
  /** Header of requests that belong to a part of the session, with an id of its own. */
  readonly partHeader?: string
  /** Arguments that resume a session. */
  resume(id: string): readonly string[]
  /** Whether the client prints one answer and exits. */
  isPrinting(rest: readonly string[]): boolean
}

export type ClientName = Exclude<ServingCommand, 'start'>

/** A client that one of our commands runs with its own server. */
export interface Client extends ProgramName {
  readonly name: ClientName
  /** Its name for users. */
  readonly title: string
  /** Whether it speaks OpenAI's API. */
  readonly usesOpenAi: boolean
  /** Commands that install it, the official one first. */
  installLines(platform: string): readonly string[]
  readonly sessions: ClientSessions
  /** A hint for the log if no request arrives, for a client that sends one at its start. */
  readonly silenceHint?: string
  readonly plan: PlanLaunch
  /** Replaces `plan` for a run in this terminal. Reads the user's arguments before the server starts: may throw UsageError. */
  readonly prepare?: (args: ParsedArguments, io: Io) => PlanLaunch
}
