import { dotted } from '../base/errors.ts'
import type { Path } from '../base/path.ts'

/**
 * What a translation could not carry over unchanged. Nothing is dropped silently: each note becomes a log line. A note
 * names paths and reasons, never text of the client.
 */
export interface Note {
  /** `info` if the model may answer differently because of it, `debug` if nothing is lost. */
  readonly level: 'debug' | 'info'
  readonly what: string
  readonly path: string
}

export interface Notes {
  /** Something that the model would not have seen is left out. */
  dropped(path: Path, what: string): void
  /** The model gets a slightly different request. */
  changed(path: Path, what: string): void
  readonly all: readonly Note[]
}

const printablePath = /^[A-Za-z0-9_.-]{1,120}$/

class NoteList implements Notes {
  readonly all: Note[] = []

  dropped(path: Path, what: string): void {
    this.#add('debug', path, what)
  }

  changed(path: Path, what: string): void {
    this.#add('info', path, what)
  }

  #add(level: Note['level'], path: Path, what: string): void {
    const name = dotted(path)
    // Member names come from the client and may be anything.
    this.all.push({ level, what, path: printablePath.test(name) ? name : '(unprintable name)' })
  }
}

export const createNotes = (): Notes => new NoteList()
