import { closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, readSync, type Stats, writeSync } from 'node:fs'

/** Only its owner may read the log. */
const logFileMode = 0o600

const lineBreak = '\n'

/** Whether somebody was stopped in the middle of a line: a crash, a full disk. */
const endsTorn = (path: string, { size }: Stats): boolean => {
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
  #isTorn = false

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a', logFileMode)
    try {
      this.stats = fstatSync(this.#descriptor)
      // Not a terminal's or a pipe's: they belong to others as well.
      if (this.stats.isFile()) {
        fchmodSync(this.#descriptor, logFileMode)
        this.#isTorn = endsTorn(path, this.stats)
      }
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** All of the line, by one write as a rule, or nothing of it. */
  append(line: string): void {
    const bytes = Buffer.from(this.#isTorn ? lineBreak + line : line)
    const { size } = fstatSync(this.#descriptor)
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written)
    } catch (error) {
      if (written > 0) this.#takeBack(size, written)
      throw error
    }
    this.#isTorn = false
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Half a line would spoil the next one, and stop the programs that read them. */
  #takeBack(size: number, written: number): void {
    this.#isTorn = true
    if (!this.stats.isFile()) return
    try {
      // What another process has written behind it stays.
      if (fstatSync(this.#descriptor).size !== size + written) return
      ftruncateSync(this.#descriptor, size)
      this.#isTorn = false
    } catch {
      // The next line begins with a line break.
    }
  }
}
