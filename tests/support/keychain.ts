import type { Keychain } from '../../src/cli/credentials/keychain.ts'

/** A keychain in memory, whose content a test can read. */
export const memoryKeychain = (
  entries: Record<string, string> = {},
): Keychain & { readonly held: Map<string, string> } => {
  const held = new Map(Object.entries(entries))
  return {
    held,
    get: async (name) => held.get(name),
    set: async (name, value) => void held.set(name, value),
    delete: async (name) => held.delete(name),
  }
}

/** A keychain that refuses everything, in Bun's own form. */
export const failingKeychain = (code: string, message: string): Keychain => {
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error(message), { code })
  }
  return { get: fail, set: fail, delete: fail }
}

/** Like Bun's keychain on a machine without libsecret. */
export const absentKeychain = failingKeychain('ERR_SECRETS_PLATFORM_ERROR', 'libsecret not available')
/** Like Bun's keychain if GNOME's keyring is locked and cannot show a prompt: reads return nothing. */
export const lockedKeychain: Keychain = {
  ...failingKeychain('ERR_SECRETS_PLATFORM_ERROR', 'Cannot create an item in a locked collection (code: 2)'),
  get: async () => undefined,
  delete: async () => false,
}
/** A keyring that waits forever for an answer to its prompt. */
export const silentKeychain: Keychain = {
  get: () => new Promise(() => {}),
  set: () => new Promise(() => {}),
  delete: () => new Promise(() => {}),
}
