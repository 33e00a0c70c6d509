// Bounds on time in tests that run on a machine which others keep busy, too.

/// A bound that a busy machine breaks now and then, but not always: one of some tries must keep it. What must
/// hold in every try, `isKept` expects itself.
/// - Returns: whether one did; the tries end with it.
package func isKept(inOneOf tries: Int, _ isKept: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<tries where try isKept() { return true }
    return false
}
