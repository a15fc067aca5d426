import type { Machine } from '../../config/paths.ts'
import type { ChosenModels } from '../config/set-up.ts'

/** What a client's files need. A client's file in `clients/` makes it; the engine shows, writes and undoes it. */

/** An entry of a list: the one whose member `by` is `is`, or the text itself. Its position may change. */
export type EntryOf = { readonly by: string; readonly is: string } | { readonly equals: string }

/** `['env', 'NO_PROXY']`, `['permissions', 'deny', { equals: 'WebSearch' }]`, `['models', { by: 'name', is: 'X' }]` */
export type KeyPath = readonly (string | EntryOf)[]

export type Wanted =
  /** For an entry of a list, the whole entry. `isDefault`: a value of the user's stays. */
  | { readonly value: unknown; readonly isDefault?: true }
  /** Added to a list of hosts with commas. */
  | { readonly hosts: readonly string[] }
  /** The client would ignore the server with it. */
  | { readonly isAbsent: true }

export type KeyEdit = Wanted & {
  readonly path: KeyPath
  /** Never shown, and only its hash is in the journal. Makes the file readable by its owner only. */
  readonly isSecret?: true
}

export type TextFormatName = 'json' | 'yaml'

/** `path`: absolute; the file need not exist. */
export type FileChange =
  | { readonly path: string; readonly format: TextFormatName; readonly edits: readonly KeyEdit[] }
  /** A whole file of ours. Contains no secret. */
  | { readonly path: string; readonly format: 'own'; readonly text: string }

export interface ClientPlan {
  /** In the order in which they are written. Empty for a client whose settings only the user can type. */
  readonly files: readonly FileChange[]
  /** Fields to type, for a client without a file. */
  readonly fields?: readonly (readonly [name: string, value: string])[]
  /** Sentences for the user, before the question. */
  readonly notes: readonly string[]
  /** What to restart, as a sentence (SU-15). */
  readonly restart: string
  /** One command, or one action, to see that it works (SU-15). */
  readonly check: string
}

/** What answers at the URL: this program, no program, or another one. */
export type Answer = 'ours' | 'silent' | 'other'

export interface SetupRequest {
  readonly machine: Machine
  /** The models, and the configuration of this program on this machine. */
  readonly setUp: ChosenModels
  /** `http://127.0.0.1:4141`: no `/v1`, no slash at the end (SU-13). */
  readonly url: string
  /** The token that the server requires; undefined if it requires none. */
  readonly token: string | undefined
  /** For a client that runs a helper: the command that prints the token, for /bin/sh or cmd. */
  readonly tokenCommand: string
  readonly isSignIn: boolean
  readonly answer: Answer
}

export interface SetupClient {
  readonly name: string
  /** For users: `Claude Code`. */
  readonly title: string
  /** Clients whose program it starts: they are set up with it, and first. */
  readonly with?: readonly string[]
  /** Whether it can sign in to the server (`--sign-in`). */
  readonly hasSignIn?: true
  /** Files that may exist, for `--list` and doctor. */
  files(machine: Machine): readonly string[]
  /** Reads files, writes none. Rejects with UsageError, which refuses (exit 2). */
  plan(request: SetupRequest): ClientPlan | Promise<ClientPlan>
  /** Sentences after `--undo` of these keys. */
  undone?(keys: readonly { readonly path: KeyPath }[]): readonly string[]
}
