import { productName } from '../../version.ts'

/** The operating system's own place for secrets: Keychain, Credential Manager, a keyring behind libsecret. */
export interface Keychain {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  /** Whether there was one. */
  delete(name: string): Promise<boolean>
}

/** All entries are this program's own: a file can name no other's. */
export const systemKeychain = (): Keychain => ({
  get: async (name) => (await Bun.secrets.get({ service: productName, name })) ?? undefined,
  set: (name, value) => Bun.secrets.set({ service: productName, name, value }),
  delete: (name) => Bun.secrets.delete({ service: productName, name }),
})
