import { productName } from '../../../version.ts'
import { directive } from './answer.ts'

const functionName = `_${productName.replaceAll('-', '_')}`

/**
 * The library's script for bash does not work without the bash-completion package, sets variables that
 * complain when they are set again, proposes nothing behind `--flag=`, and evaluates what has been typed:
 * `$(...)` would run at the press of Tab. This one needs nothing, bash 3.2 of macOS included: there
 * `compopt` is missing, so files are proposed where nothing else is.
 */
export const bashScript = `# bash completion for ${productName}
${functionName}() {
    local line=\${COMP_LINE:0:COMP_POINT} answer directive=${directive.noFiles} prefix='' tab=$'\\t'
    local -a words
    # Split at blanks alone: COMP_WORDS has --flag=value in three pieces. Nothing typed is evaluated.
    read -ra words <<< "$line"
    # What stands before the name (A=b ${productName}) is not ours.
    while [[ \${#words[@]} -gt 1 && \${words[0]} != "\${COMP_WORDS[0]}" ]]; do words=("\${words[@]:1}"); done
    # The word that is being written; empty behind a blank.
    [[ $line == *[[:blank:]] ]] && words+=('')
    # Where bash does not split at =, what it replaces begins at the flag.
    [[ $COMP_WORDBREAKS != *=* && \${words[\${#words[@]}-1]} == --*=* ]] && prefix=\${words[\${#words[@]}-1]%%=*}=
    COMPREPLY=()
    while IFS= read -r answer; do
        case $answer in
            :*) directive=\${answer#:} ;;
            *) COMPREPLY+=("$prefix\${answer%%"$tab"*}") ;;
        esac
    done < <(${productName} complete -- "\${words[@]:1}" 2> /dev/null < /dev/null)
    [[ $directive == ${directive.files} ]] || compopt +o default 2> /dev/null || :
}
complete -o default -F ${functionName} ${productName}
`
