// A curve in one line of text: eight heights of block characters. Used for the planned load.

public enum Sparkline {
    public static let columnsDefault = 60
    private static let levels = Array("▁▂▃▄▅▆▇█")

    /// `samples` at even distances, drawn in at most `columns` characters; each shows the mean of its share,
    /// so that the area under the curve stays true. Zero (and anything below) is the lowest height, the peak
    /// the highest.
    public static func text(_ samples: [Double], columns: Int = columnsDefault) -> String {
        precondition(columns > 0, "a curve needs at least one column")
        if samples.isEmpty { return "" }
        let means = resampled(samples, min(columns, samples.count))
        let peak = means.max() ?? 0
        return String(
            means.map { mean in
                if !(peak > 0) || !(mean > 0) { return levels[0] }
                return levels[min(Int(mean / peak * Double(levels.count)), levels.count - 1)]
            })
    }

    private static func resampled(_ samples: [Double], _ columns: Int) -> [Double] {
        (0..<columns).map { column in
            let from = column * samples.count / columns
            let to = max((column + 1) * samples.count / columns, from + 1)
            return samples[from..<to].reduce(0, +) / Double(to - from)
        }
    }
}
