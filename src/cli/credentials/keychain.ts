import { productName } from '../../version.ts'

/** The operating system's store for secrets: Keychain, Credential Manager, a keyring behind libsecret. */
export interface Keychain {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  /** Resolves to whether the entry existed. */
  delete(name: string): Promise<boolean>
}

/** All entries belong to this program: a file cannot name an entry of another program. */
export const systemKeychain = (): Keychain => ({
  get: async (name) => (await Bun.secrets.get({ service: productName, name })) ?? undefined,
  set: (name, value) => Bun.secrets.set({ service: productName, name, value }),
  delete: (name) => Bun.secrets.delete({ service: productName, name }),
})
