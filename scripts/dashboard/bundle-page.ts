import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '../../src/server/ops/dashboard/page-response.ts'
import { root } from '../support/binary.ts'

/**
 * Bundles each page of the dashboard into one text. Macros of `src/server/ops/dashboard/pages.ts`: Bun runs them where
 * it bundles that file into the program, or loads it from the sources. The program contains only the results.
 */

const folder = join(root, 'src', 'dashboard')

/** A macro must not wait for the bundler, which waits for it: another process bundles the file. */
const bundle = (file: string): string => {
  const command = [process.execPath, 'build', join(folder, file), '--minify', '--target=browser']
  const { success, stdout, stderr } = Bun.spawnSync(command)
  if (!success) throw new Error(`${file} cannot be bundled: ${stderr}`)
  return stdout.toString().trim()
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** HTML ends a script at this text, also within a string of the script. */
const withoutEndTags = (script: string): string => script.replaceAll('</script', '<\\/script')

/** Replaces the comment that stands for a file. */
const insert = (html: string, file: string, text: string): string =>
  html.replace(new RegExp(`\\s*/\\* ${file} \\*/\\s*`), () => text)

const readPage = (file: string): string => readFileSync(join(folder, file), 'utf8').replace(/>\s+</g, '><')

export const bundlePage = (): Page => {
  const style = bundle('style.css')
  const script = withoutEndTags(bundle('page.ts'))
  const html = insert(insert(readPage('index.html'), 'style.css', style), 'page.ts', script)
  return { html, styleHash: hashOf(style), scriptHash: hashOf(script) }
}

export const bundleLogin = (): Page => {
  const style = bundle('login.css')
  return { html: insert(readPage('login.html'), 'login.css', style), styleHash: hashOf(style) }
}
