import { UsageError } from '../../../base/usage-error.ts'
import { readClientsFile } from '../../named-clients/clients-file.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { readClientsPlace } from './flags.ts'

/** The flags that name the file, in words that may not be complete. */
const flagsIn = (words: readonly string[]): Flags =>
  Object.fromEntries(
    ['clients', 'config'].flatMap((name) => {
      const value = words[words.indexOf(`--${name}`) + 1]
      return words.includes(`--${name}`) && value ? [[name, value]] : []
    }),
  )

/** The names of the file's clients, for completion; none if the file or the configuration cannot be read. */
export const clientNamesFor = async (words: readonly string[], io: Io): Promise<readonly string[]> => {
  try {
    const { path } = await readClientsPlace(flagsIn(words), io)
    return readClientsFile(path).map(({ name }) => name)
  } catch (error) {
    if (error instanceof UsageError) return []
    throw error
  }
}
