import { productName } from '../../../version.ts'
import { directive } from './answer.ts'

const functionName = `_${productName}`

/**
 * The library's script for zsh hands what has been typed to `eval` (a substitution behind `--flag=` runs,
 * whatever Tab is bound to) and tears quoted words at their blanks. This one takes words as they are. It can
 * be evaluated, or lie as a file in a folder of `fpath`.
 */
export const zshScript = `#compdef ${productName}
# zsh completion for ${productName}
${functionName}() {
    local answer directive=${directive.noFiles}
    local -a typed candidates
    (( CURRENT > 2 )) && typed=("\${(@Q)words[2,CURRENT-1]}")
    # The word that is being written, up to the cursor.
    typed+=("\${(Q)PREFIX}")
    while IFS= read -r answer; do
        case $answer in
            :*) directive=\${answer#:} ;;
            *$'\\t'*) candidates+=("\${\${answer%%$'\\t'*}//:/\\\\:}:\${answer#*$'\\t'}") ;;
            *) candidates+=("\${answer//:/\\\\:}") ;;
        esac
    done < <(${productName} complete -- "\${typed[@]}" 2> /dev/null < /dev/null)
    # Behind --flag= only the value is proposed.
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if [[ $directive == ${directive.files} ]]; then
        _files
    else
        _describe '${productName}' candidates
    fi
}
if [[ \${funcstack[1]} == ${functionName} ]]; then
    ${functionName} "$@"
elif (( \${+functions[compdef]} )); then
    compdef ${functionName} ${productName}
else
    print -u2 '${productName}: completions need this line before: autoload -Uz compinit && compinit'
fi
`
