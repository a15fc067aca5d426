import { dotted } from '../base/errors.ts'
import type { Path } from '../base/path.ts'

/**
 * What a translation could not carry over as it stood. Nothing is dropped in silence: each note
 * becomes a log line. A note names places and reasons, never what the client wrote.
 */
export interface Note {
  /** `info` where the model may answer differently for it, `debug` where nothing is lost. */
  readonly level: 'debug' | 'info'
  readonly what: string
  readonly path: string
}

export interface Notes {
  /** Nothing that the model would have seen is lost. */
  dropped(path: Path, what: string): void
  /** The model is asked something a little different. */
  changed(path: Path, what: string): void
  readonly all: readonly Note[]
}

const printablePath = /^[A-Za-z0-9_.-]{1,120}$/

export const createNotes = (): Notes => {
  const all: Note[] = []
  const add =
    (level: Note['level']) =>
    (path: Path, what: string): void => {
      const name = dotted(path)
      // A member's name comes from the client, and could be anything.
      all.push({ level, what, path: printablePath.test(name) ? name : '(unprintable name)' })
    }
  return { dropped: add('debug'), changed: add('info'), all }
}
