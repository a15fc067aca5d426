import { closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, readSync, type Stats, writeSync } from 'node:fs'

/** Only the owner can read the log. */
const logFileMode = 0o600

const lineBreak = '\n'

/** Whether the last line is incomplete, after a crash or on a full disk. */
const endsInPartialLine = (path: string, { size }: Stats): boolean => {
  if (size === 0) return false
  const descriptor = openSync(path, 'r')
  try {
    const last = Buffer.alloc(1)
    return readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString('latin1') !== lineBreak
  } finally {
    closeSync(descriptor)
  }
}

/** A file that grows by whole lines. Throws what the file system throws. */
export class AppendedFile {
  readonly stats: Stats
  readonly #descriptor: number
  #hasPartialLine = false

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a', logFileMode)
    try {
      this.stats = fstatSync(this.#descriptor)
      // Not for a terminal or a pipe: other programs use them, too.
      if (this.stats.isFile()) {
        fchmodSync(this.#descriptor, logFileMode)
        this.#hasPartialLine = endsInPartialLine(path, this.stats)
      }
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Appends the whole line, usually in one write, or nothing. */
  append(line: string): void {
    const bytes = Buffer.from(this.#hasPartialLine ? lineBreak + line : line)
    const { size } = fstatSync(this.#descriptor)
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written)
    } catch (error) {
      if (written > 0) this.#removePartialLine(size, written)
      throw error
    }
    this.#hasPartialLine = false
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Removes a partial line: it would corrupt the next line for programs that read the log. */
  #removePartialLine(size: number, written: number): void {
    this.#hasPartialLine = true
    if (!this.stats.isFile()) return
    try {
      // Another process has written more: its lines stay.
      if (fstatSync(this.#descriptor).size !== size + written) return
      ftruncateSync(this.#descriptor, size)
      this.#hasPartialLine = false
    } catch {
      // The next line begins with a line break instead.
    }
  }
}
