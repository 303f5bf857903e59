import Statistics
import Testing

@Suite("Student's t at 95 %")
struct StudentQuantileTests {
  // Abramowitz and Stegun, table 26.10, column 0.975 (two-sided 0.95).
  @Test(
    "It has the values of the printed table",
    arguments: [
      (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (10, 2.228), (30, 2.042),
      (40, 2.021), (60, 2.000), (120, 1.980),
    ])
  func table(degrees: Int, expected: Double) {
    #expect(abs(StudentQuantile.twoSided95(degreesOfFreedom: degrees) - expected) <= 0.0005)
  }

  @Test("It falls with each degree, across the change of method, towards the normal's")
  func falls() {
    let values = (1...200).map { StudentQuantile.twoSided95(degreesOfFreedom: $0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 })
    #expect(abs(StudentQuantile.twoSided95(degreesOfFreedom: 1_000_000) - 1.96) < 1e-4)
  }
}
