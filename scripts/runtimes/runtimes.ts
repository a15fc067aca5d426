import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromSources } from '../support/binary.ts'
import { deno, node, workerd, workerdDate } from './installed.ts'
import { workerdConfig } from './workerd-config.ts'

/** How each runtime starts its entry of deploy/runtimes/. */

export interface Runtime {
  readonly name: string
  /** In deploy/runtimes/; undefined for the program, which needs none. */
  readonly folder: string | undefined
  /** Prepares a copy of the folder, and returns the command that serves it on a free port of this machine. */
  readonly commandIn: (folder: string, variables: Readonly<Record<string, string>>) => readonly string[]
}

/** To compare with: `nexus-claude-api start`. */
export const program: Runtime = {
  name: 'the program',
  folder: undefined,
  commandIn: () => [...fromSources, 'start', '--log-format', 'json'],
}

const bunRuntime: Runtime = {
  name: 'Bun',
  folder: 'bun',
  commandIn: () => [process.execPath, 'server.js'],
}

export const nodeRuntime: Runtime = { name: 'Node 22', folder: 'node', commandIn: () => [node(), 'server.js'] }

const denoRuntime: Runtime = {
  name: 'Deno',
  folder: 'deno',
  // Connects to this machine only.
  commandIn: () => [deno(), 'run', '--no-prompt', '--allow-env', '--allow-net=127.0.0.1', 'server.js'],
}

const configName = 'workerd.capnp'

const workerdWith = (name: string, date?: () => string): Runtime => ({
  name,
  folder: 'workers',
  commandIn: (folder, variables) => {
    writeFileSync(join(folder, configName), workerdConfig({ folder, variables, date: date?.() }))
    // Writes the port to its standard output.
    return [workerd(), 'serve', '--control-fd=1', configName]
  },
})

export const workerdRuntime = workerdWith('workerd')
/** With the newest compatibility date that it knows. */
export const newestWorkerd = workerdWith('workerd with its newest date', workerdDate)

/** All that run the scenarios. */
export const runtimes: readonly Runtime[] = [bunRuntime, nodeRuntime, denoRuntime, workerdRuntime]
