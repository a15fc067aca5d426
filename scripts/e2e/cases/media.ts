import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Case, prompt, succeeded } from '../case.ts'
import { resultParts, turns } from '../conversation.ts'

/** Files that are not text. */

/** A picture of 32 by 32 pixels, red. */
const redPicture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKElEQVR4nO3NMQEAAAgDILV/51nBzwci0JmkZm7yAAAAAAAAAAAAAAPizZnwBP4pdTQYAAAAASUVORK5CYII=',
  'base64',
)

const imageRead: Case = {
  name: 'Read of an image',
  async setup(folder) {
    await writeFile(join(folder, 'red.png'), redPicture)
    return {
      scenario: turns([{ tool: 'Read', input: { file_path: join(folder, 'red.png') } }], (request) => [
        { text: `I see ${resultParts(request).filter((part) => 'image' in part).length} picture.` },
      ]),
    }
  },
  async play(session) {
    succeeded(await session.headless(prompt('look at red.png', '--allowedTools', 'Read')), 'I see 1 picture')
  },
}

export const mediaCases: readonly Case[] = [imageRead]
