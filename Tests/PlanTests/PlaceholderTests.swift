// Filled by the plan module.
import Plan
import Testing
