import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'jsonc-parser'
import { portableFile } from '../release/npm/packages.ts'
import { project } from '../release/project.ts'

/** Cloudflare's runtime alone, without the tool that deploys to it: it connects to this machine only. */

/** In Cap'n Proto's text format, which quotes as JSON does. */
const quoted = (text: string): string => JSON.stringify(text)

interface WranglerConfig {
  readonly main: string
  readonly compatibility_date: string
  readonly compatibility_flags: readonly string[]
}

interface WorkerdOptions {
  /** Has Wrangler's configuration. */
  readonly folder: string
  readonly variables: Readonly<Record<string, string>>
  /** Replaces the compatibility date of the configuration. */
  readonly date?: string | undefined
}

/** Returns a configuration of workerd with the same meaning as Wrangler's. */
export const workerdConfig = ({ folder, variables, date }: WorkerdOptions): string => {
  const wrangler: WranglerConfig = parse(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8'))
  const bindings = Object.entries(variables).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["127.0.0.0/8"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = ${quoted(wrangler.main)}, esModule = embed ${quoted(wrangler.main)}),
    (name = "${project.name}/fetch", esModule = embed "node_modules/${project.name}/${portableFile}"),
  ],
  compatibilityDate = ${quoted(date ?? wrangler.compatibility_date)},
  compatibilityFlags = [${wrangler.compatibility_flags.map(quoted).join(', ')}],
  bindings = [${bindings.join(', ')}],
);
`
}
