print("tuner")
