# One table from the rows of the benchmarks, the verdict last.
BEGIN {
    FS = "\t"
    printf "%-4s %-56s %9s  %-9s %-9s %s\n", "", "what", "value", "goal", "stretch", ""
}
function holds(value, bar) {
    split(bar, part, " ")
    return part[1] == ">=" ? value >= part[2] + 0 : value <= part[2] + 0
}
{
    verdict = $4 == "-" ? "" : holds($3, $4) ? "ok" : "BELOW"
    if (verdict == "ok" && $5 != "-" && holds($3, $5))
        verdict = "stretch"
    printf "%-4s %-56s %9s  %-9s %-9s %s\n", $1, $2, $3, $4, $5, verdict
}
