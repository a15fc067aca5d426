/** Shows on a terminal that a check is running. */
export interface Spinner {
  begin(title: string): void
  /** Clears the line. */
  end(): void
}

const frames = ['|', '/', '-', '\\']
const frameMs = 120
const clearLine = '\r\u001b[2K'

/** Does not hide the cursor: a program that is killed leaves the terminal usable. */
export const createSpinner = (write: (text: string) => void): Spinner => {
  let timer: ReturnType<typeof setInterval> | undefined
  return {
    begin(title) {
      let turn = 0
      const draw = (): void => {
        write(`${clearLine}${frames[turn % frames.length]}     ${title}`)
        turn += 1
      }
      draw()
      timer = setInterval(draw, frameMs)
    },
    end() {
      clearInterval(timer)
      write(clearLine)
    },
  }
}

export const noSpinner: Spinner = { begin: () => {}, end: () => {} }
