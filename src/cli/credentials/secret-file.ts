import { closeSync, openSync, readSync } from 'node:fs'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { absolutePath, type Machine } from '../../config/paths.ts'
import type { SecretFileReference } from '../../config/sources.ts'

/** Far more than a header may contain. Some files never end, such as `/dev/zero`. */
const longestBytes = 64 * 1024

/** Undefined for a longer file. */
const readBounded = (path: string): string | undefined => {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(longestBytes + 1)
    let bytes = 0
    // A pipe may return its data in several parts.
    for (let more = -1; more !== 0 && bytes <= longestBytes; bytes += more)
      more = readSync(file, buffer, bytes, buffer.length - bytes, null)
    return bytes > longestBytes ? undefined : buffer.toString('utf8', 0, bytes)
  } finally {
    closeSync(file)
  }
}

/**
 * Throws UsageError. An empty file is an error: it would open the server to every client, or send no key. Errors do not
 * contain the path: it may be the secret itself, by mistake.
 */
export const readSecretFile = ({ variable, path }: SecretFileReference, machine: Machine): string => {
  const fail = (what: string): never => {
    throw new UsageError(`The file that ${variable} names ${what}`)
  }
  const read = (): string | undefined => {
    try {
      return readBounded(absolutePath(machine, path))
    } catch (error) {
      const code = errorCode(error) ?? 'unknown'
      return fail(`cannot be read (${code}). Check that it is the path of a file that you can read.`)
    }
  }
  const text = read() ?? fail('is too long for a secret. Check that it is the right file.')
  return text.trim() === '' ? fail('is empty. Write the secret into it.') : text
}
