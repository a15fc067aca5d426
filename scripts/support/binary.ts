import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { productName } from '../../src/version.ts'

export const root = join(import.meta.dir, '..', '..')

/** This machine's program from `bun run build`. */
export const binary = join(root, 'dist', process.platform === 'win32' ? `${productName}.exe` : productName)
export const isBuilt = (): boolean => existsSync(binary)

/** The command that runs the program from its sources. */
export const fromSources: readonly string[] = [process.execPath, join(root, 'src', 'main.ts')]
