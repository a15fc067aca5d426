import { closeSync, openSync, readSync } from 'node:fs'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { absolutePath, type Machine } from '../../config/paths.ts'
import type { SecretFileReference } from '../../config/sources.ts'

/** Far more than a header may hold. Some files never end: `/dev/zero`, a log by mistake. */
const longestBytes = 64 * 1024

/** Undefined for what is longer. */
const readBounded = (path: string): string | undefined => {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(longestBytes + 1)
    let bytes = 0
    // A pipe gives what it has, and the rest later.
    for (let more = -1; more !== 0 && bytes <= longestBytes; bytes += more)
      more = readSync(file, buffer, bytes, buffer.length - bytes, null)
    return bytes > longestBytes ? undefined : buffer.toString('utf8', 0, bytes)
  } finally {
    closeSync(file)
  }
}

/**
 * An empty file would open the server to everybody, or send no key: it is a fault. The path is not told: it may be
 * the secret itself, put there by mistake. Throws UsageError.
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
      return fail(`cannot be read (${code}). Is it the path of a file, and may you read it?`)
    }
  }
  const text = read() ?? fail('is too long for a secret. Is it the right one?')
  return text.trim() === '' ? fail('is empty. It should hold the secret.') : text
}
